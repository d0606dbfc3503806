import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { productMedia } from '../productMedia';
import { stepDownOfRun, type StepDown } from '../train/stepDown';

/** Runs a training; when memory runs out, its error says with which command the run can be made with less. */
export async function offeringLess<T>(runFolder: () => string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const folder = runFolder();
    if (!(error instanceof ProductError) || error.code !== 'out-of-memory' || folder === undefined) throw error;
    // Nothing smaller, or the run cannot be read: then the first error is all there is to say.
    const found = await stepDownOfRun(folder, productMedia()).catch(() => undefined);
    if (!found) throw error;
    const what = found.isSameRun ? 'To go on from its last checkpoint with less' : 'To train it again with less';
    throw new ProductError(error.code, error.where, error.problem, `${what}: ${commandOf(found, folder)}`);
  }
}

/** The command that trains a run with less memory. */
export function commandOf({ changes, isSameRun }: StepDown, folder: string): string {
  const flags = changes.map(({ field, value }) => `--${dashed(field)} ${value}`);
  const run = isSameRun ? ['--resume', quoted(folder)] : [quoted(join(folder, 'config.json'))];
  return ['custom-diffusion train', ...run, ...flags].join(' ');
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /\s/.test(path) ? JSON.stringify(path) : path;
}

function dashed(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
