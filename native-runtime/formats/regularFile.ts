import { open, stat, type FileHandle } from 'node:fs/promises';
import { ProductError } from '../../src/common/errors';

/** An open file that is known to be an ordinary one, with the size and identity it had when it was opened. */
export interface RegularFile {
  path: string;
  handle: FileHandle;
  /** Bytes. */
  size: number;
  /** Changes when the file is replaced or written to. */
  identity: string;
}

/**
 * Opens a file for reading and passes it to `use`; closes it afterwards. Symbolic links are followed (model caches are full of them).
 * @throws ProductError when the path does not exist, is a folder, pipe, socket or device, cannot be read, or is a loop of links.
 */
export async function withRegularFile<T>(path: string, use: (file: RegularFile) => Promise<T>): Promise<T> {
  const handle = await openChecked(path);
  try {
    const { size, mtimeMs, ino } = await handle.stat();
    return await use({ path, handle, size, identity: `${ino}:${size}:${mtimeMs}` });
  } finally {
    await handle.close();
  }
}

async function openChecked(path: string): Promise<FileHandle> {
  try {
    // Opening a pipe would wait for a writer, so the kind is asked first.
    if (!(await stat(path)).isFile())
      throw new ProductError('bad-file', path, 'not a regular file', 'Give the path of a model file');
    return await open(path, 'r');
  } catch (error) {
    throw asReadError(error, path);
  }
}

function asReadError(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ProductError('not-found', path, 'the file does not exist', 'Check the path');
    case 'ELOOP':
      return new ProductError('bad-file', path, 'the symbolic link leads back to itself', 'Repair the link');
    case 'EACCES':
    case 'EPERM':
      return new ProductError('bad-file', path, 'the file cannot be read', 'Change its permissions');
    default:
      return error;
  }
}

/**
 * Reads `length` bytes at `position` into memory of their own. The caller has checked `length` against the size of the file.
 * @throws ProductError `bad-file` when the file ends early (it changed while it was read), `out-of-memory` when there is no room.
 */
export async function readBytes(file: RegularFile, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(length, file.path);
  // One read call is limited to 2 GiB by the operating systems.
  const largestRead = 2 ** 28;
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.handle.read(bytes, done, Math.min(length - done, largestRead), position + done);
    if (bytesRead === 0)
      throw new ProductError('bad-file', file.path, 'the file became shorter while it was read', 'Open it again');
    done += bytesRead;
  }
  return bytes;
}

function allocate(length: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    const gib = (length / 2 ** 30).toFixed(1);
    throw new ProductError('out-of-memory', path, `${gib} GiB of memory could not be had`, 'Close other programs');
  }
}
