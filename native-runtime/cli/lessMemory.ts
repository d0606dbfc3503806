import { join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { productMedia } from '../productMedia';
import { stepDownOfRun, type StepDown } from '../train/stepDown';
import { report } from './supervision/reports';

/**
 * Runs a training. When memory runs out, its error says with which command the run can be made with less; whoever watches this process
 * is told of the folder, to say the same when the system kills it.
 * @param work calls back with the folder of the run once it is known
 */
export async function offeringLess<T>(work: (onStart: (folder: string) => void) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  const onStart = (path: string) => {
    folder = path;
    report({ kind: 'run', folder: resolve(path) });
  };
  try {
    return await work(onStart);
  } catch (error) {
    if (!(error instanceof ProductError) || error.code !== 'out-of-memory' || folder === undefined) throw error;
    const offer = await offerOfLess(folder);
    throw offer === undefined ? error : new ProductError(error.code, error.where, error.problem, offer);
  } finally {
    report({ kind: 'run', folder: null });
  }
}

/** The command with which a run needs less memory, in a sentence; undefined when nothing is smaller, or the run cannot be read. */
export async function offerOfLess(folder: string): Promise<string | undefined> {
  const found = await stepDownOfRun(folder, productMedia()).catch(() => undefined);
  if (!found) return undefined;
  const what = found.isSameRun ? 'To go on from its last checkpoint with less' : 'To train it again with less';
  return `${what}: ${commandOf(found, folder)}`;
}

/** The command that trains a run with less memory. */
export function commandOf({ changes, isSameRun }: StepDown, folder: string): string {
  const flags = changes.map(({ field, value }) => `--${dashed(field)} ${value}`);
  const run = isSameRun ? resumeCommandOf(folder) : `custom-diffusion train ${quoted(join(folder, 'config.json'))}`;
  return [run, ...flags].join(' ');
}

/** The command that goes on with a run. */
export function resumeCommandOf(folder: string): string {
  return `custom-diffusion train --resume ${quoted(folder)}`;
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /\s/.test(path) ? JSON.stringify(path) : path;
}

function dashed(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
