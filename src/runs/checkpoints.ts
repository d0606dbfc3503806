import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A checkpoint of a run. */
export interface Checkpoint {
  step: number;
  folder: string;
}

/** The complete checkpoints of a run, oldest first: their manifest is written last. */
export async function listCheckpoints(folder: string): Promise<Checkpoint[]> {
  const checkpoints = join(folder, 'checkpoints');
  const names = (await readdir(checkpoints).catch(() => [])).filter((name) => /^\d{6,}$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(checkpoints, name);
      const isComplete = await access(join(path, 'manifest.json')).then(
        () => true,
        () => false,
      );
      return isComplete ? [{ step: Number(name), folder: path }] : [];
    }),
  );
  return found.flat().sort((a, b) => a.step - b.step);
}
