import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const weightFile = /\.(safetensors|ckpt)$/i;

/** Paths that a chosen file or folder may mean: itself, or the models in it when it is a folder of several. */
export async function modelCandidates(path: string): Promise<string[]> {
  if (await isDiffusersFolder(path)) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  const inside: string[] = [];
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (weightFile.test(entry.name) || (await isDiffusersFolder(inner))) inside.push(inner);
  }
  return inside.length > 0 ? inside.sort((a, b) => a.localeCompare(b)) : [path];
}

/** When a model last changed: the newest of what its description is read from; undefined when it is not there. */
export async function modelTime(path: string): Promise<number | undefined> {
  const times = await Promise.all(
    [path, join(path, 'model_index.json'), join(path, 'unet'), join(path, 'unet', 'config.json')].map(async (part) =>
      stat(part).then(
        ({ mtimeMs }) => mtimeMs,
        () => undefined,
      ),
    ),
  );
  return times[0] === undefined ? undefined : Math.max(...times.filter((time) => time !== undefined));
}

async function isDiffusersFolder(path: string): Promise<boolean> {
  return stat(join(path, 'model_index.json')).then(
    (found) => found.isFile(),
    () => false,
  );
}
