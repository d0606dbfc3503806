import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProductError } from '../src/common/errors';

/**
 * The folder that holds `media/`: the nearest folder above this code whose package.json is the product's. It is the same for
 * the sources, for the bundle in `dist/` and for an installed extension.
 * @throws ProductError `internal` when the code was moved away from its product.
 */
export function productRoot(start: string = __dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isProduct(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder)
      throw new ProductError('internal', start, 'no product folder above it', 'Install the product again');
  }
}

function isProduct(packageFile: string): boolean {
  if (!existsSync(packageFile)) return false;
  try {
    return (JSON.parse(readFileSync(packageFile, 'utf8')) as { name?: unknown }).name === 'custom-diffusion';
  } catch {
    return false;
  }
}
