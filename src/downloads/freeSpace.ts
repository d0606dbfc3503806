import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Free bytes where a folder is or would be; undefined where the system does not tell. */
export async function freeSpace(folder: string): Promise<number | undefined> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) return undefined;
    }
  }
}
