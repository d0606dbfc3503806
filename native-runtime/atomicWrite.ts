import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProductError } from '../src/common/errors';
import { patientRename, type RenameSteps } from './patientRename';

/**
 * Writes a file so that readers see the old content or the new, never a part: a temporary file in the same folder,
 * fsync, rename (tried again where a scanner holds the file), fsync of the folder. `content` is the bytes, or a function that
 * writes them in pieces.
 * @throws ProductError `disk-full` when space runs out; the previous file is then untouched.
 */
export async function atomicWrite(
  path: string,
  content: string | Uint8Array | ((file: FileHandle) => Promise<void>),
  steps?: RenameSteps,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'wx');
    if (typeof content === 'function') await content(file);
    else await file.writeFile(content);
    await file.sync();
    await file.close();
    file = undefined;
    await patientRename(temporary, path, steps);
    await syncFolder(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
    throw asDiskError(error, path);
  }
}

/** Makes a rename inside the folder durable. Windows cannot open folders and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Turns "no space", "no permission" and "in use" into errors that say what to do; returns everything else unchanged. */
export function asDiskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ProductError(
      'disk-full',
      path,
      'the disk is full',
      'Free some space and try again; nothing was replaced',
    );
  if (code === 'EFBIG')
    return new ProductError('disk-full', path, 'the disk takes no file this large', 'Choose a folder on another disk');
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new ProductError('bad-input', path, 'cannot be written', 'Choose a folder you may write to');
  if (code === 'EBUSY')
    return new ProductError('bad-input', path, 'another program has it open', 'Close it there and try again');
  return error;
}
