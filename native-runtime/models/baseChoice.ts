import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { ProductError } from '../../src/common/errors';
import { resolveConfigPath } from '../data/configPaths';
import type { BaseModel } from './baseModel';
import { loadBaseModel } from './loadBaseModel';
import { productMedia } from '../productMedia';

/**
 * The path of a base model as users name it: `pocket` is the miniature model that comes with the product.
 * @param field the flag or field the choice comes from, for messages
 * @throws ProductError `not-found` when the built-in model is missing, `bad-config` for a URL.
 */
export function basePath(choice: string, folder: string = process.cwd(), field = '--base'): string {
  if (choice !== pocketBase) return resolveConfigPath(choice, folder, field);
  const path = productMedia().pocketFolder;
  if (!existsSync(join(path, 'unet', 'config.json')))
    throw new ProductError(
      'not-found',
      path,
      'the built-in model is not there',
      'Install the product again, or name another base model',
    );
  return path;
}

/** Opens a base model as users name it. @throws ProductError as `basePath` and `loadBaseModel`. */
export async function openBase(choice: string, folder?: string): Promise<BaseModel> {
  const path = basePath(choice, folder);
  return loadBaseModel(path, productMedia());
}
