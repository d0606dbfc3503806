import { join } from 'node:path';
import { productRoot } from './productRoot';

/** Where the models that come with the product are. */
export interface ProductMedia {
  /** The folder of the base model "pocket". */
  pocketFolder: string;
  /** Folder of the CLIP vocabulary, for single-file bases. */
  clipTokenizer: string;
}

/** The folders of the product's own models and vocabulary. @throws ProductError as `productRoot` */
export function productMedia(): ProductMedia {
  const media = join(productRoot(), 'media');
  return { pocketFolder: join(media, 'pocket'), clipTokenizer: join(media, 'clip-tokenizer') };
}
