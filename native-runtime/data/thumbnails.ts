import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { readImageFile } from './imageFile';
import { decoding, uprightRgb } from './images';

/** The longer side of a thumbnail, in pixels. */
const SIDE = 320;

/**
 * The small copy of a picture in a cache folder: a WebP named by the hash of the picture's bytes, made once.
 * @throws ProductError `bad-image`, or `disk-full` and `bad-input` for the folder
 */
export async function thumbnailOf(picture: { path: string; sha256: string }, cacheFolder: string): Promise<string> {
  const path = join(cacheFolder, `${picture.sha256.slice(0, 32)}.webp`);
  if (!existsSync(path)) await writeThumbnail(picture.path, path, SIDE);
  return path;
}

/**
 * Writes a small copy of a picture, upright, with a longer side of so many pixels at most.
 * @throws ProductError `bad-image`, or `disk-full` and `bad-input` for the folder
 */
export async function writeThumbnail(picture: string, path: string, side: number): Promise<void> {
  const bytes = await readImageFile(picture);
  const webp = await decoding(picture, () =>
    uprightRgb(bytes).resize(side, side, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 82 }).toBuffer(),
  );
  await makeCacheFolder(dirname(path));
  await atomicWrite(path, webp);
}

/** Makes a folder for files that can be made again. @throws ProductError when it cannot be written to */
export async function makeCacheFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asDiskError(error, folder);
  }
}
