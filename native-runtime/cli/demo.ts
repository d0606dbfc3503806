import { join, resolve } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { atomicWrite } from '../atomicWrite';
import { productRoot } from '../productRoot';
import { readFile } from 'node:fs/promises';
import { attentionCommand } from './attention';
import { ConceptFlags } from './conceptFlags';
import type { Console } from './console';
import { formatDuration } from './formatting';
import { lossChart } from './lossChart';
import { sampleCommand } from './sample';
import { trainCommand } from './train';
import { readTrainInputs, type TrainFlags } from './trainInputs';

/** What the demonstration does; every field is there so that a small model can stand in for the built-in one. */
export interface DemoOptions {
  /** Everything is written into it. */
  output: string;
  base?: string;
  /** Training settings other than the defaults. */
  train?: TrainFlags;
  /** Sampler steps of the pictures. */
  sampleSteps?: number;
  seeds?: number[];
}

/** The files of the demonstration. */
export interface DemoResult {
  run: string;
  delta: string;
  /** Before and after at the same seeds, a pair of rows for each prompt. */
  grid: string;
  /** The sheet of all words, then an overlay for each. */
  attention: string[];
}

const TOKEN = '<new1>';
const PROMPTS = [`photo of a ${TOKEN} cat`, `a ${TOKEN} cat on the beach`, `a ${TOKEN} cat and a dog on grass`];

/**
 * Teaches the model one of the sample concepts, draws it before and after, and shows where the model looked for each word:
 * the commands `train`, `sample` and `attention`, one after the other.
 * @returns undefined when it was stopped
 * @throws ProductError as these commands
 */
export async function runDemo(console: Console, options: DemoOptions): Promise<DemoResult | undefined> {
  const started = performance.now();
  const output = resolve(options.output);
  const base = options.base ?? pocketBase;
  console.note(`1 of 3: teaching the model "${TOKEN} cat" from eight pictures of Mochi`);
  const trained = await trainMochi(console, base, join(output, 'runs'), options);
  if (!trained) return undefined;
  console.note('2 of 3: drawing before and after, at the same seeds');
  const drawn = await sampleCommand(console, {
    base,
    delta: trained.run,
    prompt: PROMPTS,
    seeds: options.seeds ?? [1, 2, 3, 4],
    ...(options.sampleSteps === undefined ? {} : { steps: options.sampleSteps }),
    compare: true,
    attention: true,
    output: join(trained.run, 'pictures'),
  });
  const [grid] = drawn.result.grids;
  if (drawn.interrupted || grid === undefined) return undefined;
  const shown = join(output, 'before-and-after.png');
  await atomicWrite(shown, await readFile(grid));
  console.note('3 of 3: where the model looked for each word');
  const pictures = drawn.result.pictures.filter(
    ({ variant, prompt }) => variant === 'fine-tune' && prompt === PROMPTS.at(-1),
  );
  const view = {
    style: 'heat',
    scale: 'own',
    output: join(output, 'attention.png'),
    each: join(output, 'attention'),
  } as const;
  const { sheet, overlays } = await attentionCommand(console, pictures[0]!.path, view);
  console.note(`done in ${formatDuration((performance.now() - started) / 1000)}`);
  return { ...trained, grid: shown, attention: [sheet, ...overlays] };
}

async function trainMochi(console: Console, base: string, runs: string, { train }: DemoOptions) {
  const concepts = new ConceptFlags();
  concepts.add({
    folder: join(productRoot(), 'media', 'concepts', 'mochi-cat'),
    classNoun: 'cat',
    modifierToken: TOKEN,
  });
  const flags = { base, output: runs, name: 'mochi-cat', sampleEvery: 0, ...train };
  const losses: number[] = [];
  const { folder, delta, status } = await trainCommand(console, await readTrainInputs(undefined, flags, concepts), {
    onStep: ({ instanceLosses, loss }) => void losses.push(instanceLosses[0] ?? loss),
  });
  console.note(`\nloss on Mochi's pictures (mean over steps; lower is better)\n${lossChart(losses)}\n`);
  return status === 'finished' && delta !== undefined ? { run: folder, delta } : undefined;
}
