import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { BaseModel } from '../models/baseModel';

/** Pieces read from each file, and their size in bytes: a few milliseconds even for the largest model. */
const pieces = 256;
const pieceBytes = 4096;

/**
 * A hash over samples of every weight file's content, spread evenly from its first byte to its last; small files are read whole.
 * Unlike the fingerprint it tells apart two models of one architecture.
 */
export async function baseContentHash(base: BaseModel): Promise<string> {
  const paths = new Set([base.unet, base.vae, ...base.textEncoders].map(({ file }) => file.path));
  const hash = createHash('sha256');
  for (const path of paths) {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      hash.update(`${size}\n`);
      const whole = size <= pieces * pieceBytes;
      const buffer = Buffer.alloc(whole ? size : pieceBytes);
      const last = size - buffer.length;
      for (let i = 0; i < (whole ? 1 : pieces); i++) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.floor((i * last) / (pieces - 1)));
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }
  return hash.digest('hex');
}
