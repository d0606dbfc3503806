import { open, stat } from 'node:fs/promises';
import { ProductError } from '../common/errors';
import {
  checkedHeaderLength,
  LENGTH_BYTES,
  parseSafetensorsHeader,
  START_BYTES,
  type ElementType,
  type HeaderTensor,
} from '../common/safetensors/header';
import { l10n } from '../translation';

/** What a weight file says about itself. */
export interface WeightFile {
  /** Bytes of the whole file. */
  size: number;
  tensors: HeaderTensor[];
  metadata: Record<string, string>;
}

/** Every element type of the format, by its name in the file; the viewer shows more than the runtime computes with. */
const elementTypes: ReadonlyMap<string, ElementType> = new Map(
  Object.entries({
    BOOL: 1,
    U8: 1,
    I8: 1,
    F8_E4M3: 1,
    F8_E5M2: 1,
    I16: 2,
    U16: 2,
    F16: 2,
    BF16: 2,
    I32: 4,
    U32: 4,
    F32: 4,
    I64: 8,
    U64: 8,
    F64: 8,
  }).map(([name, bytes]) => [name, { name, bytes }]),
);

/**
 * Reads and checks the header of a safetensors file; the weights themselves are never read.
 * @throws ProductError `bad-file` or `not-found`, saying what is wrong and what to do
 */
export async function readSafetensorsHeader(path: string): Promise<WeightFile> {
  const file = await openRegular(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      if (bytesRead < length)
        throw new ProductError(
          'bad-file',
          path,
          l10n.t('the file became shorter while it was read'),
          l10n.t('Open it again'),
        );
      return bytes;
    };
    const length = checkedHeaderLength(await read(0, Math.min(size, START_BYTES)), size, path);
    const header = parseSafetensorsHeader(await read(LENGTH_BYTES, length), size, path, elementTypes);
    return { size, ...header };
  } finally {
    await file.close();
  }
}

/** Opens a file for reading if it is an ordinary one: opening a pipe would wait for a writer. */
async function openRegular(path: string) {
  try {
    if (!(await stat(path)).isFile())
      throw new ProductError(
        'bad-file',
        path,
        l10n.t('this is not a regular file'),
        l10n.t('Choose a .safetensors file'),
      );
    return await open(path, 'r');
  } catch (error) {
    switch ((error as NodeJS.ErrnoException | undefined)?.code) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new ProductError(
          'not-found',
          path,
          l10n.t('the file does not exist'),
          l10n.t('Was it moved or deleted?'),
        );
      case 'ELOOP':
        throw new ProductError(
          'bad-file',
          path,
          l10n.t('the symbolic link leads back to itself'),
          l10n.t('Repair the link'),
        );
      case 'EACCES':
      case 'EPERM':
        throw new ProductError('bad-file', path, l10n.t('the file cannot be read'), l10n.t('Change its permissions'));
      default:
        throw error;
    }
  }
}
