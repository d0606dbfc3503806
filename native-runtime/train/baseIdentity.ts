import { createHash } from 'node:crypto';
import { sampleContent } from '../formats/contentSample';
import { baseFiles, type BaseModel } from '../models/baseModel';

/**
 * A hash over samples of every weight file's content, spread evenly from its first byte to its last; small files are read whole.
 * Unlike the fingerprint it tells apart two models of one architecture.
 */
export async function baseContentHash(base: BaseModel): Promise<string> {
  const hash = createHash('sha256');
  for (const path of baseFiles(base)) await sampleContent(path, (bytes) => hash.update(bytes));
  return hash.digest('hex');
}
