import { stat } from 'node:fs/promises';
import { l10n } from '../translation';
import { readRunManifest } from './runDocuments';

/** A model file that is not what it was when its run started. */
export interface ChangedModelFile {
  path: string;
  problem: string;
}

/**
 * Looks whether the model files of a run are as long as its manifest says. A process that has one mapped dies when it is cut off, and
 * cannot say so itself. Never throws.
 */
export async function changedModelFile(folder: string): Promise<ChangedModelFile | undefined> {
  const files = (await readRunManifest(folder)).value?.base?.files ?? [];
  for (const { path, bytes } of files) {
    const found = await stat(path).catch(() => undefined);
    if (!found) return { path, problem: l10n.t('the model file {0} is not there any more', path) };
    if (found.size < bytes)
      return {
        path,
        problem: l10n.t('the model file {0} is shorter than it was: {1} bytes instead of {2}', path, found.size, bytes),
      };
    if (found.size > bytes) return { path, problem: l10n.t('the model file {0} is longer than it was', path) };
  }
  return undefined;
}
