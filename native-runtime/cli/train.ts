import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { describeComputing } from '../device/requireDevice';
import { productMedia } from '../productMedia';
import { prepareRun, type PrepareOptions } from '../train/prepareRun';
import { readRunConfig, resumeRun, type ResumeOptions } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import type { TrainInputs } from '../train/resolveInputs';
import type { RunHooks, RunResult } from '../train/runHooks';
import { trainRun } from '../train/trainRun';
import { consoleFor, withCommonOptions, type AddCommand, type CommonOptions } from './commandContext';
import { ConceptFlags } from './conceptFlags';
import type { Console } from './console';
import { INTERRUPTED, interruptible } from './interrupt';
import { offeringLess, resumeCommandOf } from './lessMemory';
import { addTrainFlags, readTrainInputs, type TrainFlags } from './trainInputs';
import { TrainProgress } from './trainProgress';

interface TrainOptions extends TrainFlags, CommonOptions {
  resume?: string;
}

const STOPPING = 'Stopping after this step; what is trained so far is kept.';

/** `train`: fine-tunes a base model on one or several concepts, or goes on with a run. */
export const addTrain: AddCommand = (program, context) => {
  const concepts = new ConceptFlags();
  const command = program
    .command('train')
    .description('teach a base model one or several subjects')
    .argument('[config]', 'training configuration, or a concepts_list.json of the reference scripts')
    .option(
      '--resume <run>',
      'go on with the run in this folder; with --steps, beyond its end; --device and --recompute may be others',
    );
  addTrainFlags(command, concepts);
  command.action(async (file: string | undefined, options: TrainOptions) => {
    const console = consoleFor(context, options);
    const result =
      options.resume === undefined
        ? await trainCommand(console, await readTrainInputs(file, options, concepts), {}, options.fit)
        : await resumeCommand(console, options.resume, onlyResume(file, options, concepts));
    if (result.status === 'stopped') context.setStatus(INTERRUPTED);
    console.result(result, describe(result));
  });
  withCommonOptions(command, [
    'train --concept ./photos/mochi --class cat',
    'train --concept ./cat --class cat --token "<new1>" --concept ./dog --class dog --token "<new2>" --mode self-crossattn',
    'train config.json --steps 500',
    'train --resume .custom-diffusion/runs/2026-11-22T10-30-cat',
  ]);
};

/** Trains a new run and shows its progress. Ctrl-C stops it after a step. @throws ProductError as `prepareRun` and `trainRun`. */
export async function trainCommand(
  console: Console,
  { config }: TrainInputs,
  hooks: RunHooks = {},
  fit?: PrepareOptions['fit'],
): Promise<RunResult> {
  return interruptible(console, STOPPING, async (signal) => {
    const run = await prepareRun(config, { ...productMedia(), signal, fit });
    console.note(`device: ${describeComputing(run.session)}`);
    return offeringLess((started) => {
      const onStart = (folder: string) => {
        started(folder);
        hooks.onStart?.(folder);
      };
      return trainRun(run, new TrainProgress(console, config.steps).hooks(signal, { ...hooks, onStart }));
    });
  });
}

/** Goes on with a run and shows its progress. @throws ProductError as `resumeRun`. */
async function resumeCommand(console: Console, folder: string, changes: ResumeChanges): Promise<RunResult> {
  const { steps } = changes;
  // What is wrong with the folder is for `resumeRun` to say.
  const config = await readRunConfig(new RunFolder(folder), steps).catch(() => undefined);
  return interruptible(console, STOPPING, (signal) => {
    const hooks = new TrainProgress(console, config?.steps).hooks(signal);
    return offeringLess((started) => {
      started(folder);
      return resumeRun(folder, { ...productMedia(), ...changes, signal }, hooks);
    });
  });
}

/** What may be asked for when a run goes on: more steps, and what changes no number of those it has. */
type ResumeChanges = Pick<ResumeOptions, 'steps' | 'device' | 'recompute'>;

function onlyResume(file: string | undefined, options: TrainOptions, concepts: ConceptFlags): ResumeChanges {
  const { resume: _resume, steps, device, recompute, json: _json, augmentation, flip, ...others } = options;
  const given = Object.keys(others);
  if (augmentation === false) given.push('no-augmentation');
  if (flip === false) given.push('no-flip');
  if (file === undefined && !concepts.any && given.length === 0) return { steps, device, recompute };
  const [name = ''] = given;
  const flag = file ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new ProductError(
    'bad-config',
    flag,
    'a run goes on as it was started',
    'With --resume, give at most --steps, --device and --recompute',
  );
}

function describe({ folder, status, step, delta }: RunResult): string {
  const lines = [
    status === 'finished'
      ? `Trained ${step} steps.`
      : `Stopped after step ${step}. To go on: ${resumeCommandOf(folder)}`,
    `run:   ${folder}`,
  ];
  if (delta === undefined) return lines.join('\n');
  return [...lines, `delta: ${delta}`, `log:   ${join(folder, 'log.jsonl')}`].join('\n');
}
