import { readFileSync } from 'node:fs';
import { ProductError } from '../../src/common/errors';
import type { ComputingChoice } from '../../src/common/protocol/device';
import type { DeviceName } from '../device/deviceName';
import { computesInHalf } from '../device/halfPrecision';
import { loadBaseModel } from '../models/loadBaseModel';
import { productMedia } from '../productMedia';
import { benchFineTune } from './fineTune';
import { benchTasks } from './tasks';

/** How a benchmark is called. */
export interface BenchFlags {
  base: string;
  /** Pixels. */
  resolution: number;
  rows: number;
  mode: string;
  /** Subjects that are taught; 1 if left out. */
  concepts?: number;
  recompute?: boolean;
  /** Timed repetitions after one warm-up. */
  repeat: number;
  /** Of a whole fine-tune, or of one run of a loop. */
  steps: number;
  threads: number;
  device?: DeviceName;
  precision?: ComputingChoice['precision'];
}

/** Figures of a benchmark, to be printed as JSON. Times are seconds; `startSeconds` and `totalSeconds` count from the start of the process. */
export interface BenchResult {
  tool: 'custom-diffusion';
  task: string;
  resolution: number;
  rows: number;
  mode: string | null;
  threads: number;
  device: DeviceName;
  /** Products were computed in 16 bits. */
  mixedPrecision: boolean;
  startSeconds?: number;
  /** The median. */
  seconds?: number;
  all?: number[];
  steps?: number;
  /** Of the last step. */
  losses?: number;
  totalSeconds?: number;
  /** The highest resident size so far. Mapped weights count, although the system can drop and read them again. */
  peakRssBytes: number;
  /** On Linux, the part of the resident size that is not a mapped file. */
  anonymousBytes?: number;
}

const wholeTask = 'fine-tune';
const loopTask = 'train-loop';
const training = ['train', 'train-full', loopTask, wholeTask];

/** What can be timed. */
export const benchNames = [...Object.keys(benchTasks), wholeTask];

/** Times one task. @throws ProductError `bad-input` when there is no such task, or as opening the base. */
export async function runBench(task: string, flags: BenchFlags): Promise<BenchResult> {
  if (!benchNames.includes(task))
    throw new ProductError('bad-input', task, 'no such task', `Choose one of ${benchNames.join(', ')}`);
  const { resolution, rows, threads, steps, device = 'cpu' } = flags;
  const mode = training.includes(task) ? flags.mode : null;
  const mixedPrecision = await computesInHalf(device, flags.precision);
  const base = await loadBaseModel(flags.base, productMedia());
  const options = {
    base,
    resolution,
    rows,
    mode: flags.mode,
    concepts: flags.concepts,
    recompute: flags.recompute,
    steps,
    session: { threads, device, mixedPrecision },
  };
  const timed =
    task === wholeTask
      ? { steps, losses: await benchFineTune(options, steps), totalSeconds: sinceStart() }
      : await repeated(await benchTasks[task]!(options), flags.repeat);
  const about = { tool: 'custom-diffusion' as const, task, resolution, rows, mode, threads, device, mixedPrecision };
  // The times of a loop are of so many steps.
  const loop = task === loopTask ? { steps } : {};
  return { ...about, ...loop, ...timed, peakRssBytes: process.resourceUsage().maxRSS * 1024, ...anonymousBytes() };
}

async function repeated(work: () => Promise<void>, repeat: number) {
  await work();
  const startSeconds = sinceStart();
  const all: number[] = [];
  for (let i = 0; i < repeat; i++) {
    const started = performance.now();
    await work();
    all.push((performance.now() - started) / 1000);
  }
  return { startSeconds, seconds: [...all].sort((a, b) => a - b)[all.length >> 1]!, all };
}

/** Seconds from the start of this process to now, interpreter start-up included. */
function sinceStart(): number {
  return performance.now() / 1000;
}

function anonymousBytes(): { anonymousBytes?: number } {
  if (process.platform !== 'linux') return {};
  const match = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  return match ? { anonymousBytes: Number(match[1]) * 1024 } : {};
}
