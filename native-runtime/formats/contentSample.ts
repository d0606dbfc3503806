import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Pieces read from a file, and their size in bytes: a few milliseconds even for the largest model. */
const pieces = 256;
const pieceBytes = 4096;

/** Passes samples of a file's content, spread evenly from its first byte to its last; a small file is passed whole. */
export async function sampleContent(path: string, use: (bytes: Uint8Array | string) => void): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    use(`${size}\n`);
    const whole = size <= pieces * pieceBytes;
    const buffer = Buffer.alloc(whole ? size : pieceBytes);
    const last = size - buffer.length;
    for (let i = 0; i < (whole ? 1 : pieces); i++) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.floor((i * last) / (pieces - 1)));
      use(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** A hash over samples of one file's content. */
export async function contentSampleHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await sampleContent(path, (bytes) => hash.update(bytes));
  return hash.digest('hex');
}
