import { Option, type Command } from 'commander';
import { pocketBase } from '../../src/common/config/configLimits';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';
import { freezeModes, parseFreezeMode } from '../../src/common/freezeModes';
import { resolveConfigPath, resolveConfigPaths } from '../data/configPaths';
import { readTrainConfigFile } from '../data/trainConfigFile';
import { resolveInputs, type TrainInputs } from '../train/resolveInputs';
import { collect, oneOf, parseSeeds, realNumber, wholeNumber } from './arguments';
import { basePath } from '../models/baseChoice';
import { addComputingFlags, type ComputingFlags } from './commandContext';
import type { ConceptFlags } from './conceptFlags';

/** What a run is described by, beside its concepts: flags that a configuration file may hold as well. */
export interface TrainFlags extends ComputingFlags {
  base?: string;
  output?: string;
  name?: string;
  mode?: string;
  layers?: string[];
  resolution?: number;
  steps?: number;
  learningRate?: number;
  instanceRows?: number;
  priorRows?: number;
  lossWeighting?: 'paper' | 'diffusers';
  gradientAccumulation?: number;
  seed?: number;
  augmentation?: boolean;
  flip?: boolean;
  checkpointEvery?: number;
  keepCheckpoints?: number;
  sampleEvery?: number;
  prompt?: string[];
  sampleSeeds?: number[];
  sampleSteps?: number;
  recompute?: 'auto' | 'none' | 'blocks';
  /** Change what must be changed for the run to fit into memory. */
  fit?: boolean;
}

/** Adds the flags of `train` and `estimate`. What is left out comes from the file, or else from the defaults. */
export function addTrainFlags(command: Command, concepts: ConceptFlags): void {
  concepts.addTo(command);
  const count = (flags: string, text: string, low: number, high: number) =>
    command.addOption(new Option(flags, text).argParser(wholeNumber(low, high)));
  command
    .option('--base <model>', 'base model: a diffusers folder, a single file, or "pocket"')
    .option('--output <folder>', 'folder of runs; each run makes a folder in it')
    .option('--name <name>', 'name of the run, part of its folder name')
    .option('--mode <mode>', `what learns: ${freezeModes.join(', ')}`)
    .option('--layers <patterns...>', 'patterns of layers that learn, instead of a mode');
  count('--resolution <pixels>', 'side of the training pictures', 1, 16_384);
  count('--steps <n>', 'training steps', 1, 1_000_000);
  command.addOption(new Option('--learning-rate <rate>', 'effective learning rate').argParser(realNumber(0, 1e6)));
  count('--instance-rows <n>', 'rows of the batch that show the concepts', 1, 256);
  count('--prior-rows <n>', 'rows of the batch that show pictures of the class', 0, 256);
  command.addOption(
    new Option('--loss-weighting <kind>', 'paper or diffusers').argParser(oneOf(['paper', 'diffusers'] as const)),
  );
  count('--gradient-accumulation <n>', 'batches for each step', 1, 1024);
  count('--seed <n>', 'everything random follows from it', 0, Number.MAX_SAFE_INTEGER);
  command
    .option('--no-augmentation', 'show the subject at its own size only')
    .option('--no-flip', 'never mirror pictures');
  count('--checkpoint-every <n>', 'steps between checkpoints', 1, 1_000_000);
  count('--keep-checkpoints <n>', 'how many of the newest are kept', 1, 10_000);
  count('--sample-every <n>', 'steps between sample grids; 0 for none', 0, 1_000_000);
  command
    .option('--prompt <prompt>', 'prompt of the sample grids; may be repeated', collect)
    .addOption(new Option('--sample-seeds <seeds>', 'seeds of the sample grids, such as 1-4').argParser(parseSeeds));
  count('--sample-steps <n>', 'sampler steps of the sample grids', 1, 1000);
  addComputingFlags(command);
  command
    .addOption(
      new Option('--recompute <when>', 'compute blocks again for the gradient: less memory, more time').argParser(
        oneOf(['auto', 'none', 'blocks'] as const),
      ),
    )
    .option('--fit', 'if it needs more memory than there is, change as little as must be');
}

/**
 * Puts a configuration together: the file (paths in it start at its folder), or the concepts from flags (paths start at the
 * working folder); the other flags win over the file.
 * @throws ProductError naming the field, flag or file at fault; nothing was written.
 */
export async function readTrainInputs(
  file: string | undefined,
  flags: TrainFlags,
  concepts: ConceptFlags,
): Promise<TrainInputs> {
  return resolveInputs(withFlags(await readWritten(file, flags, concepts), flags));
}

async function readWritten(file: string | undefined, flags: TrainFlags, concepts: ConceptFlags): Promise<TrainConfig> {
  if (file !== undefined && concepts.any)
    throw new ProductError(
      'bad-config',
      '--concept',
      `the concepts are in ${file} already`,
      'Give either a configuration file or --concept flags',
    );
  const base = flags.base === undefined || flags.base === pocketBase ? flags.base : basePath(flags.base);
  if (file !== undefined) {
    const { config } = await readTrainConfigFile(file, base);
    return base === undefined ? config : { ...config, base };
  }
  if (!concepts.any)
    throw new ProductError(
      'bad-input',
      '',
      'there is nothing to train',
      'Give a configuration file, or --concept FOLDER --class NOUN',
    );
  const config = { base: base ?? pocketBase, concepts: concepts.concepts() };
  return (await resolveConfigPaths(config, process.cwd())).config;
}

function withFlags(config: TrainConfig, flags: TrainFlags): TrainConfig {
  const { mode, layers, augmentation, flip, output } = flags;
  if (mode !== undefined && layers)
    throw new ProductError('bad-config', '--layers', 'a mode is chosen as well', 'Keep either --mode or --layers');
  const { mode: _mode, layers: _layers, ...rest } = config;
  const selection = mode !== undefined ? { mode: parseFreezeMode(mode, '--mode') } : layers ? { layers } : undefined;
  const sample = defined({
    every: flags.sampleEvery,
    prompts: flags.prompt,
    seeds: flags.sampleSeeds,
    steps: flags.sampleSteps,
  });
  return {
    ...(selection ? { ...rest, ...selection } : config),
    ...defined({
      output: output === undefined ? undefined : resolveConfigPath(output, process.cwd(), '--output'),
      name: flags.name,
      resolution: flags.resolution,
      steps: flags.steps,
      learningRate: flags.learningRate,
      instanceRows: flags.instanceRows,
      priorRows: flags.priorRows,
      lossWeighting: flags.lossWeighting,
      gradientAccumulation: flags.gradientAccumulation,
      seed: flags.seed,
      checkpointEvery: flags.checkpointEvery,
      keepCheckpoints: flags.keepCheckpoints,
      device: flags.device,
      precision: flags.precision,
      threads: flags.threads,
      recompute: flags.recompute,
    }),
    ...(Object.keys(sample).length ? { sample: { ...config.sample, ...sample } } : {}),
    // Commander gives `true` for a --no-… flag that is absent.
    ...(augmentation === false || flip === false
      ? {
          augmentation: {
            ...config.augmentation,
            ...(augmentation === false ? { enabled: false } : {}),
            ...(flip === false ? { flip: false } : {}),
          },
        }
      : {}),
  };
}

/** The fields that are there. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}
