import { constants, existsSync, statSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { asDiskError } from '../atomicWrite';

/**
 * Makes sure that a folder can be made where it does not exist yet, can be written to and has room. Nothing is written.
 * @param needed bytes
 * @throws ProductError `disk-full` with both numbers, `bad-input` when it cannot be written to.
 */
export async function requireDiskSpace(folder: string, needed: number, freeBytes = freeBytesAt): Promise<void> {
  const existing = nearestExisting(folder);
  if (!statSync(existing).isDirectory())
    throw new ProductError('bad-input', folder, 'is not a folder', 'Choose a folder for the runs');
  await access(existing, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw asDiskError(error, folder);
  });
  const free = await freeBytes(existing);
  if (free >= needed) return;
  throw new ProductError(
    'disk-full',
    folder,
    `this run needs ${Math.ceil(needed / 1e6)} MB of disk, ${Math.floor(free / 1e6)} MB are free`,
    'Free some space or choose another folder',
  );
}

/** Bytes that this user may still write to the disk of a folder, which need not exist yet. */
export async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(nearestExisting(folder));
  return bavail * bsize;
}

/** The folder itself, or the nearest one above it that exists. */
function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}
