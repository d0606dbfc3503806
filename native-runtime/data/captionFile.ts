import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { asDiskError, atomicWrite } from '../atomicWrite';

/**
 * Writes the caption of a picture to the text file beside it, on one line; an empty caption removes the file.
 * @throws ProductError `not-found` when there is no such picture, or what writing throws
 */
export async function writeCaptionFile(picture: string, caption: string): Promise<void> {
  if (!existsSync(picture))
    throw new ProductError('not-found', picture, 'the picture does not exist', 'Was it moved or deleted?');
  const path = await captionFileOf(picture);
  const line = caption.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  if (line) await atomicWrite(path, `${line}\n`);
  else
    await rm(path, { force: true }).catch((error: unknown) => {
      throw asDiskError(error, path);
    });
}

/** The text file that readers of the folder find for a picture, or the one it would get. */
async function captionFileOf(picture: string): Promise<string> {
  const folder = dirname(picture);
  const stem = parse(picture).name;
  const found = (await readdir(folder)).find((name) => parse(name).name === stem && /\.txt$/i.test(name));
  return join(folder, found ?? `${stem}.txt`);
}
