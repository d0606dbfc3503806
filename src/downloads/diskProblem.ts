import { ProductError } from '../common/errors';
import { l10n } from '../translation';

/** Turns the file system's errors into words; returns everything else unchanged. */
export function asDiskProblem(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new ProductError(
      'disk-full',
      path,
      l10n.t('the disk is full'),
      l10n.t('Free some space and resume; what has arrived is kept'),
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new ProductError(
      'bad-input',
      path,
      l10n.t('cannot be written'),
      l10n.t('Choose another folder in customDiffusion.models.downloadFolder'),
    );
  return error;
}
