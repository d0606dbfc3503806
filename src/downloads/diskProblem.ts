import { ProductError } from '../common/errors';

/** Turns the file system's errors into words; returns everything else unchanged. */
export function asDiskProblem(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new ProductError(
      'disk-full',
      path,
      'the disk is full',
      'Free some space and resume; what has arrived is kept',
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new ProductError(
      'bad-input',
      path,
      'cannot be written',
      'Choose another folder in customDiffusion.models.downloadFolder',
    );
  return error;
}
