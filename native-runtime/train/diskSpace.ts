import { mkdir, statfs } from 'node:fs/promises';
import { ProductError } from '../../src/common/errors';
import { asDiskError } from '../atomicWrite';

/**
 * Makes sure that a folder exists, can be written to and has room.
 * @param needed bytes
 * @throws ProductError `disk-full` with both numbers, `bad-input` when it cannot be written to.
 */
export async function requireDiskSpace(folder: string, needed: number, freeBytes = freeBytesAt): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new ProductError('bad-input', folder, 'is not a folder', 'Choose a folder for the runs');
    throw asDiskError(error, folder);
  }
  const free = await freeBytes(folder);
  if (free >= needed) return;
  throw new ProductError(
    'disk-full',
    folder,
    `this run needs ${Math.ceil(needed / 1e6)} MB of disk, ${Math.floor(free / 1e6)} MB are free`,
    'Free some space or choose another folder',
  );
}

/** Bytes that this user may still write to the disk of a folder. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
