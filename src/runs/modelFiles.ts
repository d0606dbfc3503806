import { stat } from 'node:fs/promises';
import { firstChanged, type UsedFile } from '../common/modelFiles';
import { l10n } from '../translation';
import { readRunManifest } from './runDocuments';

/** A model file that is not what it was when its run started. */
export interface ChangedModelFile {
  path: string;
  problem: string;
}

/** Looks whether the model files of a run are as long as its manifest says. Never throws. */
export async function changedModelFile(folder: string): Promise<ChangedModelFile | undefined> {
  return changedAmong((await readRunManifest(folder)).value?.base?.files ?? []);
}

/** Looks whether model files are as long as they were. Never throws. */
export async function changedAmong(files: readonly UsedFile[]): Promise<ChangedModelFile | undefined> {
  const found = await firstChanged(files, (path) =>
    stat(path).then(
      ({ size }) => size,
      () => undefined,
    ),
  );
  if (!found) return undefined;
  const { path, bytes, now } = found;
  switch (found.change) {
    case 'gone':
      return { path, problem: l10n.t('the model file {0} is not there any more', path) };
    case 'shorter':
      return {
        path,
        problem: l10n.t('the model file {0} is shorter than it was: {1} bytes instead of {2}', path, now, bytes),
      };
    case 'longer':
      return { path, problem: l10n.t('the model file {0} is longer than it was', path) };
  }
}
