import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** A file's length and the sha256 of its content, in hex. */
export interface FileHash {
  bytes: number;
  sha256: string;
}

/** Hashes a file without holding it in memory. */
export async function hashFile(path: string): Promise<FileHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
