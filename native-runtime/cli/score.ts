import { Option } from 'commander';
import { dirname, join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { atomicWrite } from '../atomicWrite';
import { basePictureCount, scoreBase } from '../evaluate/baseProtocol';
import { formatBaseReport } from '../evaluate/baseReport';
import { fineTunePictureCount, scoreFineTune } from '../evaluate/fineTuneProtocol';
import { formatFineTuneReport } from '../evaluate/fineTuneReport';
import { generatorSource, type SampleSettings } from '../evaluate/generatorSource';
import { makeOutputFolder } from '../evaluate/outputFolder';
import { renderedSource } from '../evaluate/renderedPictures';
import type { SurveyHooks } from '../evaluate/survey';
import { formatReport, reportScorer } from '../pocket/scorer/report';
import { Reconstructor } from '../pocket/scorer/reconstructor';
import type { Scorer } from '../pocket/scorer/scorer';
import { computedOnOf, describeComputing, requireComputing, type RunsOn } from '../device/requireDevice';
import { Generator } from '../sample/generator';
import { toolVersion } from '../toolVersion';
import { parseList, wholeNumber } from './arguments';
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
import { interruptible } from './interrupt';
import { addSampleFlags, firstSeeds, sampleSettings, type SampleFlags } from './sampleSettings';
import { openScorer } from './scorerChoice';
import { subjectsOfDelta } from './subjects';
import { reportModel } from './supervision/reportModel';

/** What is measured, and how. */
export interface ScoreOptions extends SampleFlags, CommonOptions, ComputingFlags {
  base?: string;
  delta?: string;
  individual?: string[];
  seeds?: number;
  scorer?: boolean;
  rendered?: boolean;
  scorerFolder?: string;
  output?: string;
}

/** A measurement: plain JSON, and the same as Markdown. */
export interface ScoreResult {
  value: Record<string, unknown>;
  markdown: string;
}

const USUAL_SEEDS = 100;
const STOPPING = 'Stopping after this step.';

/** `score`: measures what a model draws of the pocket world. */
export const addScore: AddCommand = (program, context) => {
  const command = program
    .command('score')
    .description('measure what a model draws of the pocket world, with 95 % intervals')
    .option(
      '--base <model>',
      'base model: a diffusers folder, a single file, or "pocket" (default: that of the run, or pocket)',
    )
    .option('--delta <file-or-run>', 'fine-tune to measure instead of the base')
    .addOption(
      new Option(
        '--individual <names>',
        'who the tokens of the fine-tune are, in their order, such as mochi-cat (default: the names of the concept folders)',
      ).argParser(parseList),
    )
    .addOption(
      new Option('--seeds <n>', `pictures of each prompt (default: ${USUAL_SEEDS})`).argParser(wholeNumber(1, 100_000)),
    )
    .option('--scorer', 'measure the scorer itself on pictures whose content is known')
    .option('--rendered', 'measure perfect pictures of the world in place of the base: the most that can be reached')
    .option('--scorer-folder <folder>', 'another scorer than the built-in one')
    .option('--output <folder>', 'also write score.md, score.json and a sheet of each prompt there');
  addComputingFlags(command);
  addSampleFlags(command);
  command.action(async (options: ScoreOptions) => {
    const console = consoleFor(context, options);
    const { value, markdown } = await scoreCommand(console, options);
    console.result(value, markdown.trimEnd());
  });
  withCommonOptions(command, [
    'score --base pocket --seeds 100',
    'score --delta .custom-diffusion/runs/2026-11-22T10-30-cat --output scores',
    'score --scorer',
  ]);
};

/** Measures what the options name. @throws ProductError naming the flag or file at fault, before any picture is made. */
export async function scoreCommand(console: Console, options: ScoreOptions): Promise<ScoreResult> {
  const kinds = (['delta', 'scorer', 'rendered'] as const).filter((flag) => options[flag]);
  if (kinds.length > 1)
    throw new ProductError('bad-input', `--${kinds[1]}`, `does not go with --${kinds[0]}`, 'Choose one of them');
  if (options.individual && !options.delta)
    throw new ProductError('bad-input', '--individual', 'there is no fine-tune', 'Choose one with --delta');
  const scorer = await openScorer(options.scorerFolder);
  try {
    const result = await interruptible(console, STOPPING, (signal) => measure(console, options, scorer, signal));
    if (options.output !== undefined) await writeResult(resolve(options.output), result);
    return result;
  } finally {
    await scorer.release();
  }
}

async function measure(
  console: Console,
  options: ScoreOptions,
  scorer: Scorer,
  signal: AbortSignal,
): Promise<ScoreResult> {
  const seeds = firstSeeds(options.seeds ?? USUAL_SEEDS);
  if (options.rendered) {
    const hooks = await surveyHooks(console, options, basePictureCount(seeds.length), signal);
    const report = await scoreBase(renderedSource(), scorer, seeds, hooks);
    return { value: { kind: 'rendered', ...report }, markdown: formatBaseReport(report) };
  }
  const session = await requireComputing(options);
  const fineTune = await openFineTune(options, (text) => console.warn(text));
  reportModel(fineTune.base);
  if (options.scorer) return measureScorer(console, fineTune, scorer, seeds.length);
  const settings = sampleSettings(fineTune.baseChoice, fineTune.base, options);
  const generator = await Generator.create(fineTune.base, {
    tuned: await tunedAt(fineTune, 1),
    session,
  });
  try {
    return await measureModel(console, { options, scorer, seeds, fineTune, settings, session, generator, signal });
  } finally {
    await generator.release();
  }
}

interface ModelMeasurement {
  options: ScoreOptions;
  scorer: Scorer;
  seeds: readonly number[];
  fineTune: FineTune;
  settings: SampleSettings;
  session: RunsOn;
  generator: Generator;
  signal: AbortSignal;
}

async function measureModel(console: Console, m: ModelMeasurement): Promise<ScoreResult> {
  const { options, scorer, seeds, fineTune, settings, session, generator, signal } = m;
  const { base, delta } = fineTune;
  const computedOn = computedOnOf(session);
  const made = { tool: toolVersion, base: base.path, fingerprint: base.fingerprint, settings, computedOn };
  const drawnOn = `Drawn on ${describeComputing(computedOn)}.\n`;
  const source = generatorSource(generator, settings, { signal });
  if (!delta) {
    const hooks = await surveyHooks(console, options, basePictureCount(seeds.length), signal);
    const report = await scoreBase(source, scorer, seeds, hooks);
    return { value: { kind: 'base', ...made, ...report }, markdown: `${formatBaseReport(report)}\n${drawnOn}` };
  }
  const subjects = await subjectsOfDelta(delta, options.individual, scorer.config);
  const untuned = await tunedAt(fineTune, 0);
  const ofBase: typeof source = (prompt, wanted) => {
    generator.setTuned(untuned);
    return source(prompt, wanted);
  };
  const hooks = await surveyHooks(console, options, fineTunePictureCount(subjects, seeds.length), signal);
  const report = await scoreFineTune({ tuned: source, base: ofBase }, scorer, seeds, subjects, hooks);
  const value = { kind: 'fine-tune', ...made, delta: { path: delta.path, sha256: delta.sha256 }, ...report };
  return { value, markdown: `${formatFineTuneReport(report)}\n${drawnOn}` };
}

/** On what the scorer was not trained on, rendered and, if the base is a folder of the same size, through its autoencoder. */
async function measureScorer(
  console: Console,
  { base }: FineTune,
  scorer: Scorer,
  pictures: number,
): Promise<ScoreResult> {
  const size = base.unet.config.sampleSize * base.vae.config.scaleFactor;
  const fits = size === scorer.config.sample_size;
  if (!fits) console.warn(`${base.path}: pictures of ${size} pixels; the scorer is measured without its autoencoder`);
  const reconstructor = fits ? await Reconstructor.open(dirname(base.vae.file.path)) : undefined;
  try {
    const report = await reportScorer(scorer, pictures, reconstructor);
    return { value: { kind: 'scorer', ...report }, markdown: formatReport(report) };
  } finally {
    await reconstructor?.release();
  }
}

async function surveyHooks(
  console: Console,
  { output }: ScoreOptions,
  total: number,
  signal: AbortSignal,
): Promise<SurveyHooks> {
  if (output !== undefined) await makeOutputFolder(resolve(output));
  const bar = console.progress('scoring', total);
  let sheets = 0;
  return {
    onPicture: (done, prompt) => {
      if (signal.aborted) throw new ProductError('cancelled', '', 'stopped; nothing was measured');
      bar.update(done, prompt || '(empty prompt)');
    },
    ...(output === undefined
      ? {}
      : {
          onSheet: async (prompt, sheet) => {
            const words = prompt.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || 'empty-prompt';
            const name = `${String(++sheets).padStart(2, '0')}-${words}.png`;
            await atomicWrite(join(resolve(output), name), await sheet.toPng({ title: prompt || '(empty prompt)' }));
          },
        }),
  };
}

async function writeResult(folder: string, { value, markdown }: ScoreResult): Promise<void> {
  await makeOutputFolder(folder);
  await atomicWrite(join(folder, 'score.md'), markdown);
  await atomicWrite(join(folder, 'score.json'), `${JSON.stringify(value, null, 2)}\n`);
}
