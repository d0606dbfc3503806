import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ProductError } from '../../src/common/errors';

const largestFile = 512 * 2 ** 20;

/** What a network drive answers while it is away for a moment. */
const passing = new Set(['EIO', 'ETIMEDOUT', 'ESTALE', 'EBUSY', 'EAGAIN', 'ENETDOWN', 'EHOSTDOWN']);
const pauses = [100, 400, 1600];

/**
 * The whole content of a picture file. Reading it at once means that a file replaced later changes nothing.
 * @throws ProductError `not-found`, or `bad-image` when it is empty, not a regular file, unreadable or still being written.
 */
export async function readImageFile(path: string): Promise<Uint8Array> {
  for (let attempt = 0; ; attempt++)
    try {
      return await readOnce(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      const pause = pauses[attempt];
      if (!passing.has(code) || pause === undefined) throw asImageError(error, path, code);
      await delay(pause);
    }
}

async function readOnce(path: string): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile()) throw new ProductError('bad-image', path, 'not a regular file', 'Remove it from the folder');
  if (info.size === 0) throw new ProductError('bad-image', path, 'the file is empty (0 bytes)', 'Copy it again');
  if (info.size > largestFile)
    throw new ProductError('bad-image', path, `the file is too large (${info.size} bytes)`, 'Save a smaller copy');
  const bytes = await readFile(path);
  if (bytes.byteLength !== info.size)
    throw new ProductError('bad-image', path, 'the file changed while it was read', 'Wait until it is copied');
  return bytes;
}

function asImageError(error: unknown, path: string, code: string): unknown {
  if (error instanceof ProductError || !code) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ProductError('not-found', path, 'the picture does not exist', 'Was it moved or deleted?');
  if (code === 'ELOOP') return new ProductError('bad-image', path, 'the link leads back to itself', 'Remove the link');
  return new ProductError(
    'bad-image',
    path,
    `the file cannot be read (${code})`,
    'Check its permissions and the drive',
  );
}
