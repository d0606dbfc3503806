import { ProductError } from '../common/errors';
import { writeFileSafely } from '../runs/writeFileSafely';
import { l10n } from '../translation';

/**
 * Writes JSON so that readers see the old file or the new, never a part.
 * @throws ProductError `disk-full` or `bad-input` when it cannot be written; the old file is then untouched.
 */
export async function writeJsonAtomically(path: string, value: unknown): Promise<void> {
  try {
    await writeFileSafely(path, `${JSON.stringify(value, undefined, 1)}\n`);
  } catch (error) {
    throw asWriteError(error, path);
  }
}

/** Says what to do when a folder or file cannot be written; returns everything else unchanged. */
export function asWriteError(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ProductError('disk-full', path, l10n.t('the disk is full'), l10n.t('Free some space and try again'));
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new ProductError(
        'bad-input',
        path,
        l10n.t('cannot be written'),
        l10n.t('Check the permissions of the folder'),
      );
    default:
      return error;
  }
}
