import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a look at the names in a folder tells, before anything is read. */
export interface FolderLook {
  /** Files that may be pictures. */
  pictures: number;
  /** Folders in it that hold such files, by name. */
  inner: string[];
}

const pictureName = /\.(png|jpe?g|jfif|webp|avif|tiff?|gif|heic|heif|bmp)$/i;

/** Looks for pictures in a folder and in those right inside it. @throws what the file system throws */
export async function lookForPictures(folder: string): Promise<FolderLook> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const inner: string[] = [];
  for (const { name } of folders.slice(0, 50)) {
    const names = await readdir(join(folder, name)).catch(() => []);
    if (names.some(isPicture)) inner.push(name);
  }
  return { pictures: entries.filter((entry) => !entry.isDirectory() && isPicture(entry.name)).length, inner };
}

function isPicture(name: string): boolean {
  return !name.startsWith('.') && pictureName.test(name);
}
