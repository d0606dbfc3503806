import { autoencoderChecks } from './autoencoderChecks';
import { deltaChecks } from './deltaChecks';
import type { SessionOptions } from '../device/session';
import { limits } from './limits';
import { Recording } from './recording';
import { Report, type Check } from './report';
import { sampleChecks } from './sampleChecks';
import { schedulerChecks } from './schedulerChecks';
import { singleFileChecks } from './singleFileChecks';
import { textEncoderChecks } from './textEncoderChecks';
import { tokenizerChecks } from './tokenizerChecks';
import { trainingChecks } from './trainingChecks';
import { unetChecks } from './unetChecks';

const groups = {
  tokenizer: tokenizerChecks,
  'text encoder': textEncoderChecks,
  autoencoder: autoencoderChecks,
  unet: unetChecks,
  schedulers: schedulerChecks,
  training: trainingChecks,
  sample: sampleChecks,
  deltas: deltaChecks,
  'single file': singleFileChecks,
} satisfies Record<string, (recording: Recording, report: Report) => Promise<void>>;

/** Parts of a recording that can be checked alone. */
export type ParityGroup = keyof typeof groups;

/** Files of a recording that are read as they are, beside those of tensors. */
const otherFiles = ['base', 'deltas', 'single-file.safetensors'];
const jsonFiles = ['tokenizer.json', 'train.json', 'schedulers.json', 'sample.json'];

/**
 * Runs the product against a recording of the reference and prints one line per check; the last is `N passed, N failed`. What fails
 * for want of a file or by an error is a failed check. Without `only`, every recorded tensor must have been used by a check.
 * @throws ProductError when the folder holds no base model
 */
export async function runParity(
  folder: string,
  print: (line: string) => void,
  only?: readonly ParityGroup[],
  session: SessionOptions = {},
): Promise<{ passed: boolean; checks: readonly Check[] }> {
  const recording = await Recording.open(folder, session);
  const report = new Report(print, limits.onDevice[session.device ?? 'cpu']);
  for (const name of only ?? (Object.keys(groups) as ParityGroup[]))
    await report.attempt(name, () => groups[name](recording, report));
  if (!only) await checkNothingLeft(recording, report);
  return { passed: report.finish(), checks: report.checks };
}

async function checkNothingLeft(recording: Recording, report: Report): Promise<void> {
  const unused = await recording.unused();
  for (const [file, names] of unused) report.exact(`${file}.safetensors tensors not compared`, names);
  const read = new Set([...otherFiles, ...jsonFiles, ...[...unused.keys()].map((name) => `${name}.safetensors`)]);
  for (const file of (await recording.list()).filter((name) => !read.has(name)))
    report.note(`${file} is no part of a recording and was not compared`);
}
