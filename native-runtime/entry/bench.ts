import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command } from 'commander';
import { ProductError, exitStatus } from '../../src/common/errors';
import { benchTasks } from '../bench/tasks';
import { loadBaseModel } from '../models/loadBaseModel';

/** Milliseconds from the start of this process to now, interpreter start-up included. */
const sinceStart = () => performance.now();

async function main(): Promise<void> {
  const program = new Command('bench')
    .description('Times one task in a process of its own and prints one JSON object.')
    .argument('<task>', Object.keys(benchTasks).join(', '))
    .requiredOption('--base <folder>', 'a model folder or single file')
    .option('--resolution <pixels>', 'edge of the pictures', Number, 256)
    .option('--rows <count>', 'rows of a batch', Number, 2)
    .option('--mode <mode>', 'what a training step trains', 'crossattn-kv')
    .option('--repeat <count>', 'timed repetitions after one warm-up', Number, 3)
    .option('--threads <count>', 'threads of one operator', Number, cpus().length)
    .parse();
  const options = program.opts<{
    base: string;
    resolution: number;
    rows: number;
    mode: string;
    repeat: number;
    threads: number;
  }>();
  const task = program.args[0]!;
  const prepare = benchTasks[task];
  if (!prepare)
    throw new ProductError('bad-input', task, 'no such task', `Choose one of ${Object.keys(benchTasks).join(', ')}`);
  const work = await prepare({
    ...options,
    base: await loadBaseModel(options.base),
    session: { threads: options.threads },
  });
  await work();
  const startSeconds = sinceStart() / 1000;
  const all: number[] = [];
  for (let i = 0; i < options.repeat; i++) {
    const started = performance.now();
    await work();
    all.push((performance.now() - started) / 1000);
  }
  const { resolution, rows, threads } = options;
  const mode = task === 'train' ? options.mode : null;
  const result = {
    tool: 'custom-diffusion',
    task,
    resolution,
    rows,
    mode,
    threads,
    startSeconds,
    seconds: median(all),
    all,
  };
  console.log(JSON.stringify({ ...result, peakRssBytes: peakRssBytes(), ...anonymousBytes() }));
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The highest resident size so far. Mapped weights count, although the system can drop and re-read them. */
function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** On Linux, the part of the resident size that is not a mapped file. */
function anonymousBytes(): { anonymousBytes?: number } {
  if (process.platform !== 'linux') return {};
  const match = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  return match ? { anonymousBytes: Number(match[1]) * 1024 } : {};
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = exitStatus(error);
});
