import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { Scorer } from '../pocket/scorer/scorer';
import { productRoot } from '../productRoot';

/**
 * Opens the scorer of the pocket world: the one that comes with the product, or that of a folder.
 * @throws ProductError `not-found` when there is none, `bad-model` when it does not fit.
 */
export async function openScorer(choice?: string): Promise<Scorer> {
  const folder = choice === undefined ? join(productRoot(), 'media', 'pocket', 'scorer') : resolve(choice);
  if (!existsSync(join(folder, 'config.json')))
    throw new ProductError(
      'not-found',
      choice ?? folder,
      'there is no scorer in this folder',
      choice === undefined ? 'Install the product again' : 'Give a folder with config.json and model.safetensors',
    );
  return Scorer.load(folder);
}
