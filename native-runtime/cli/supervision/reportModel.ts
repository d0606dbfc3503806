import { fileStamp } from '../../formats/fileStamp';
import { baseFiles, type BaseModel } from '../../models/baseModel';
import { report } from './reports';

/** Tells the process that watches this one which weight files are in use from now on. */
export function reportModel(base: BaseModel): void {
  const files = baseFiles(base).map((path) => ({ path, bytes: fileStamp(path)?.size ?? 0 }));
  report({ kind: 'model', path: base.path, files });
}
