import { Option } from 'commander';
import { basename, resolve } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { resolveTrainConfig } from '../../src/common/config/resolveTrainConfig';
import { ProductError } from '../../src/common/errors';
import { freezeModes, parseFreezeMode, type FreezeMode } from '../../src/common/freezeModes';
import { runStudy, type StudyHooks, type StudyResult } from '../evaluate/study';
import { requireComputing } from '../device/requireDevice';
import type { Subject } from '../evaluate/subject';
import { formatProportion } from '../evaluate/wilson';
import { traitsOf } from '../train/prepareRun';
import { resolveConfigPath } from '../data/configPaths';
import { parseList, realNumber, wholeNumber } from './arguments';
import { basePath, openBase } from '../models/baseChoice';
import {
  addComputingFlags,
  consoleFor,
  withCommonOptions,
  type AddCommand,
  type CommonOptions,
  type ComputingFlags,
} from './commandContext';
import type { Console } from './console';
import { interruptible } from './interrupt';
import type { ProgressBar } from './progressBar';
import { addSampleFlags, firstSeeds, sampleSettings, type SampleFlags } from './sampleSettings';
import { openScorer } from './scorerChoice';
import { subjectsOfFolders } from './subjects';
import { productMedia } from '../productMedia';
import { TrainProgress } from './trainProgress';
import { reportModel } from './supervision/reportModel';

/** What a study varies. */
export interface StudyOptions extends SampleFlags, CommonOptions, ComputingFlags {
  base?: string;
  modes?: FreezeMode[];
  class?: string[];
  individual?: string[];
  seeds?: number;
  steps?: number;
  learningRate?: number;
  priorCount?: number;
  seed?: number;
  scorerFolder?: string;
  output?: string;
}

const USUAL_SEEDS = 48;
const STOPPING = 'Stopping after this step; give the same command again to go on.';

/** `study`: two concepts in one picture, in every freeze mode. */
export const addStudy: AddCommand = (program, context) => {
  const command = program
    .command('study')
    .description('fine-tune two concepts jointly in each freeze mode and measure how often both are in one picture')
    .argument('<first>', 'folder with pictures of an individual, such as media/concepts/mochi-cat')
    .argument('<second>', 'folder with pictures of another one')
    .option('--base <model>', 'base model: a diffusers folder, a single file, or "pocket" (default: pocket)')
    .addOption(
      new Option(
        '--modes <modes>',
        `what learns, separated by commas (default: all of ${freezeModes.join(', ')})`,
      ).argParser(parseModes),
    )
    .addOption(
      new Option('--class <nouns>', 'class nouns of the two, separated by commas (default: the species)').argParser(
        parseList,
      ),
    )
    .addOption(
      new Option(
        '--individual <names>',
        'who the two are, separated by commas (default: the names of the folders)',
      ).argParser(parseList),
    )
    .addOption(
      new Option('--seeds <n>', `pictures of each prompt (default: ${USUAL_SEEDS})`).argParser(wholeNumber(1, 100_000)),
    )
    .addOption(new Option('--steps <n>', 'training steps').argParser(wholeNumber(1, 1_000_000)))
    .addOption(new Option('--learning-rate <rate>', 'effective learning rate').argParser(realNumber(0, 1e6)))
    .addOption(new Option('--prior-count <n>', 'number of pictures of each class').argParser(wholeNumber(1, 100_000)))
    .addOption(new Option('--seed <n>', 'of the training').argParser(wholeNumber()))
    .option('--scorer-folder <folder>', 'another scorer than the built-in one')
    .option('--output <folder>', 'folder of the study (default: study)');
  addComputingFlags(command);
  addSampleFlags(command);
  command.action(async (first: string, second: string, options: StudyOptions) => {
    const console = consoleFor(context, options);
    const result = await studyCommand(console, [first, second], options);
    const { files, markdown } = result;
    const lines = [`table: ${files.table}`, `data:  ${files.json}`, ...files.grids.map((grid) => `grid:  ${grid}`)];
    console.result({ ...result.report, files }, `${markdown}\n${lines.join('\n')}`);
  });
  withCommonOptions(command, [
    'study media/concepts/mochi-cat media/concepts/biscuit-dog --seeds 48 --output study',
    'study media/concepts/mochi-cat media/concepts/comet-dog --modes crossattn-kv,self-crossattn --steps 150',
  ]);
};

/** Runs a study, or goes on with it. @throws ProductError naming the flag or folder at fault, before any work. */
export async function studyCommand(
  console: Console,
  folders: readonly [string, string],
  options: StudyOptions,
): Promise<StudyResult> {
  const session = await requireComputing(options);
  const scorer = await openScorer(options.scorerFolder);
  try {
    const subjects = subjectsOfFolders(folders, options, scorer.config) as [Subject, Subject];
    const baseChoice = options.base ?? pocketBase;
    const base = await openBase(baseChoice);
    reportModel(base);
    const folder = resolveConfigPath(options.output ?? 'study', process.cwd(), '--output');
    const configs = (options.modes ?? freezeModes).map((mode) => ({
      ...resolveTrainConfig(
        {
          base: baseChoice === pocketBase ? pocketBase : basePath(baseChoice),
          output: resolve(folder, 'runs'),
          name: mode,
          mode,
          concepts: folders.map((concept, i) => ({
            folder: resolve(concept),
            classNoun: subjects[i]!.classNoun,
            modifierToken: subjects[i]!.token,
            ...(options.priorCount === undefined ? {} : { prior: { count: options.priorCount } }),
          })),
          sample: { every: 0 },
          ...given(options),
        },
        traitsOf(base),
      ),
      mode,
    }));
    return await interruptible(console, STOPPING, (signal) =>
      runStudy(
        {
          base,
          subjects,
          configs,
          seeds: firstSeeds(options.seeds ?? USUAL_SEEDS),
          settings: sampleSettings(baseChoice, base, options, folders.length),
          folder,
          prepare: { ...productMedia(), cacheFolder: resolve(folder, '.cache'), signal },
          session,
        },
        scorer,
        studyHooks(console, signal),
      ),
    );
  } finally {
    await scorer.release();
  }
}

/** The training flags that were given. */
function given({ steps, learningRate, seed, device, precision, threads }: StudyOptions) {
  const flags = { steps, learningRate, seed, device, precision, threads };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<
    Pick<ResolvedTrainConfig, keyof typeof flags>
  >;
}

function studyHooks(console: Console, signal: AbortSignal): StudyHooks {
  let [bar, drawn]: [ProgressBar | undefined, string] = [undefined, ''];
  return {
    signal,
    onMode: (mode) => console.note(`— ${mode}`),
    trainingHooks: (config) => new TrainProgress(console, config.steps).hooks(signal),
    onReused: (_mode, folder) => console.note(`trained already: ${folder}`),
    onPicture: ({ mode, number, prompt }, done, total) => {
      if (drawn !== `${mode} ${number}`) bar = console.progress('drawing', total);
      drawn = `${mode} ${number}`;
      bar?.update(done, prompt);
    },
    onRow: ({ prompt, rates }, grid) => {
      console.endProgress();
      console.note(`${prompt}: strict success ${formatProportion(rates.strict)}; ${basename(grid)}`);
    },
  };
}

/** Freeze modes separated by commas, each once, in the order written. @throws ProductError `bad-config` for an unknown one. */
function parseModes(text: string): FreezeMode[] {
  const modes = parseList(text).map((mode) => parseFreezeMode(mode, '--modes'));
  const repeated = modes.find((mode, i) => modes.indexOf(mode) !== i);
  if (repeated) throw new ProductError('bad-config', '--modes', `${repeated} is given twice`, 'Give each once');
  return modes;
}
