import { mkdir } from 'node:fs/promises';
import { ProductError } from '../../src/common/errors';
import { asDiskError } from '../atomicWrite';

/** Makes a folder for results, and those above it. @throws ProductError `bad-input` when there is a file in its place, or `disk-full`. */
export async function makeOutputFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if (['EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw new ProductError('bad-input', folder, 'is a file, or lies below one', 'Choose another folder');
    throw asDiskError(error, folder);
  }
}
