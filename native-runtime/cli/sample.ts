import { Option } from 'commander';
import { basename, resolve } from 'node:path';
import { defaultsFor } from '../../src/common/config/trainDefaults';
import { ProductError } from '../../src/common/errors';
import type { SamplerName } from '../../src/common/samplerNames';
import type { CaptureLevel } from '../attention/capture';
import { computedOnOf, describeComputing, requireComputing } from '../device/requireDevice';
import type { GenerationRequest } from '../sample/generationRequest';
import { Generator } from '../sample/generator';
import { collect, oneOf, parseSeeds, parseSize, realNumber, wholeNumber } from './arguments';
import {
  addComputingFlags,
  consoleFor,
  withCommonOptions,
  type AddCommand,
  type CommonOptions,
  type ComputingFlags,
} from './commandContext';
import type { Console } from './console';
import { openFineTune, tunedAt, type FineTune } from '../sample/fineTune';
import { INTERRUPTED, interruptible } from './interrupt';
import { SampleJob, type SampleResult } from './sampleJob';
import { samplerOption } from './sampleSettings';
import { reportModel } from './supervision/reportModel';

/** How pictures are made; what is left out depends on the base model. */
export interface SampleOptions extends CommonOptions, ComputingFlags {
  base?: string;
  delta?: string;
  strength?: number;
  prompt?: string[];
  negative?: string;
  seeds?: number[];
  steps?: number;
  scheduler?: SamplerName;
  guidance?: number;
  eta?: number;
  size?: { width: number; height: number };
  batch?: number;
  grid?: boolean;
  compare?: boolean;
  attention?: Exclude<CaptureLevel, 'none'> | true;
  output?: string;
}

const captureLevels = { mean: 'mean', layers: 'perLayer', steps: 'perStep' } as const;

/** `sample`: makes pictures from a prompt. */
export const addSample: AddCommand = (program, context) => {
  const command = addComputingFlags(program.command('sample'))
    .description('make pictures from a prompt, with or without a fine-tune')
    .option(
      '--base <model>',
      'base model: a diffusers folder, a single file, or "pocket" (default: that of the run, or pocket)',
    )
    .option('--delta <file-or-run>', 'fine-tune: a delta file of any known format, or the folder of a run')
    .addOption(
      new Option(
        '--strength <s>',
        'of the fine-tune: 0 is the base, 1 all of it, more exaggerates (default: 1)',
      ).argParser(realNumber(-10, 10)),
    )
    .option('--prompt <prompt>', 'what to draw; may be repeated', collect)
    .option('--negative <prompt>', 'what to lead away from')
    .addOption(
      new Option('--seeds <seeds>', 'a picture for each, such as 7, 1-4 or 1,5,9 (default: 1)').argParser(parseSeeds),
    )
    .addOption(new Option('--steps <n>', 'sampler steps').argParser(wholeNumber(1, 1000)))
    .addOption(samplerOption())
    .addOption(
      new Option('--guidance <scale>', 'how closely the prompt is followed; 1 is none').argParser(realNumber(0, 100)),
    )
    .addOption(new Option('--eta <eta>', "DDIM's randomness from 0 to 1").argParser(realNumber(0, 1)))
    .addOption(new Option('--size <WxH>', "pixels, such as 512x768 (default: the model's own)").argParser(parseSize))
    .addOption(new Option('--batch <n>', 'pictures made at once').argParser(wholeNumber(1, 64)))
    .option('--grid', 'also write a labelled grid for each prompt')
    .option('--compare', 'also draw with the base alone, at the same seeds, and write a grid of both')
    .addOption(
      new Option('--attention [detail]', 'keep attention maps and draw overlays: mean, layers or steps').argParser(
        (text) => captureLevels[oneOf(Object.keys(captureLevels) as (keyof typeof captureLevels)[])(text)],
      ),
    )
    .option('--output <folder>', 'folder of the pictures (default: pictures)')
    .action(async (options: SampleOptions) => {
      const console = consoleFor(context, options);
      const { result, interrupted } = await sampleCommand(console, options);
      if (interrupted) context.setStatus(INTERRUPTED);
      console.result(result, describe(result));
    });
  withCommonOptions(command, [
    'sample --prompt "a cat and a dog on grass" --seeds 1-4 --grid',
    'sample --delta .custom-diffusion/runs/2026-11-22T10-30-cat --prompt "photo of a <new1> cat" --seeds 1-4 --compare --attention',
  ]);
};

/**
 * Makes the pictures of all prompts. Everything is checked before the first file is written. When it is stopped, the result
 * is what was finished.
 * @throws ProductError naming the flag or file at fault
 */
export async function sampleCommand(
  console: Console,
  options: SampleOptions,
): Promise<{ result: SampleResult; interrupted: boolean }> {
  const { prompt: prompts = [] } = options;
  if (prompts.length === 0) throw new ProductError('bad-input', '--prompt', 'is missing', 'Say what to draw');
  if (options.delta === undefined)
    for (const flag of ['strength', 'compare'] as const)
      if (options[flag] !== undefined)
        throw new ProductError('bad-input', `--${flag}`, 'there is no fine-tune', 'Choose one with --delta');
  const session = await requireComputing(options);
  const fineTune = await openFineTune(options, (text) => console.warn(text));
  reportModel(fineTune.base);
  const tuned = await tunedAt(fineTune, options.strength ?? 1);
  const generator = await Generator.create(fineTune.base, { tuned, session });
  const requests = prompts.map((prompt) => requestFor(fineTune, options, prompt));
  try {
    for (const request of requests) for (const warning of generator.check(request)) console.warn(warning);
    const job = new SampleJob(console, fineTune, generator, tuned, {
      folder: resolve(options.output ?? 'pictures'),
      strength: options.strength ?? 1,
      grid: options.grid ?? false,
      compare: options.compare ?? false,
      computedOn: computedOnOf(session),
    });
    return await interruptible(console, 'Stopping after this step; finished pictures are kept.', (signal) =>
      job.run(requests, signal),
    );
  } finally {
    await generator.release();
  }
}

function requestFor({ base, baseChoice }: FineTune, options: SampleOptions, prompt: string): GenerationRequest {
  const usual = defaultsFor(baseChoice, 1).sample;
  const side = base.unet.config.sampleSize * base.vae.config.scaleFactor;
  const { attention } = options;
  return {
    prompt,
    ...(options.negative ? { negativePrompt: options.negative } : {}),
    seeds: options.seeds ?? [1],
    width: options.size?.width ?? side,
    height: options.size?.height ?? side,
    steps: options.steps ?? usual.steps,
    scheduler: options.scheduler ?? usual.scheduler,
    guidanceScale: options.guidance ?? usual.guidanceScale,
    ...(options.eta === undefined ? {} : { eta: options.eta }),
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    capture: attention === true ? 'mean' : (attention ?? 'none'),
  };
}

function describe({ pictures, grids, computedOn }: SampleResult): string {
  if (!pictures.length) return 'no picture was finished';
  const lines = pictures.map(({ path, overlayPath }) =>
    overlayPath ? `${path}  (attention: ${basename(overlayPath)})` : path,
  );
  return [...lines, ...grids.map((grid) => `grid: ${grid}`), `device: ${describeComputing(computedOn)}`].join('\n');
}
