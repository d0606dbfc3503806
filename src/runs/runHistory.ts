import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleGridRecord, stepRecord, type SampleGridRecord, type StepRecord } from '../common/protocol/training';
import { listCheckpoints, type Checkpoint } from './checkpoints';
import { readRunConfig } from './runDocuments';

/** What a run's files tell of its course. */
export interface RunHistory {
  steps: StepRecord[];
  grids: SampleGridRecord[];
  checkpoints: Checkpoint[];
}

/** Everything that panels show of a run that is not running, oldest first. What cannot be read is left out. */
export async function readRunHistory(folder: string): Promise<RunHistory> {
  const [steps, grids, checkpoints] = await Promise.all([
    readSteps(join(folder, 'log.jsonl')),
    readSampleGrids(folder),
    listCheckpoints(folder),
  ]);
  return { steps, grids, checkpoints };
}

/** All steps of a log. Lines that are not whole are passed over; a step that comes again replaces what came after it. */
export async function readSteps(log: string): Promise<StepRecord[]> {
  let steps: StepRecord[] = [];
  const take = (line: string) => {
    const record = parseStep(line);
    if (!record) return;
    if (record.step <= (steps.at(-1)?.step ?? 0)) steps = steps.filter(({ step }) => step < record.step);
    steps.push(record);
  };
  const found = await stat(log).catch(() => undefined);
  if (!found?.isFile()) return steps;
  let rest = '';
  try {
    // Whole chunks: waiting for every single line takes as long as reading what it says.
    for await (const chunk of createReadStream(log, 'utf8') as AsyncIterable<string>) {
      const lines = chunk.split('\n');
      lines[0] = rest + lines[0]!;
      rest = lines.pop()!;
      lines.forEach(take);
    }
    take(rest);
  } catch {
    // What could be read of it is shown.
  }
  return steps;
}

/** One line of a log; undefined when it is not whole. */
export function parseStep(line: string): StepRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return stepRecord.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The sample pictures of a run, by step. */
export async function readSampleGrids(folder: string): Promise<SampleGridRecord[]> {
  const samples = join(folder, 'samples');
  const names = await readdir(samples).catch(() => []);
  const prompts = (await readRunConfig(folder)).value?.sample?.prompts ?? [];
  const steps = names.flatMap((name) => {
    const match = /^step-(\d{6,})$/.exec(name);
    return match ? [{ name, step: Number(match[1]) }] : [];
  });
  steps.sort((a, b) => a.step - b.step);
  return Promise.all(steps.map(({ name, step }) => readGrid(join(samples, name), step, prompts)));
}

/** Pictures are named by the number of their prompt and their seed: `2-17.png`. */
async function readGrid(folder: string, step: number, prompts: readonly string[]): Promise<SampleGridRecord> {
  const names = new Set(await readdir(folder).catch(() => []));
  const pictures = [...names].flatMap((name) => {
    const match = /^(\d+)-(\d+)\.png$/.exec(name);
    if (!match) return [];
    const attention = name.replace(/\.png$/, '.attention.safetensors');
    return {
      order: Number(match[1]),
      path: join(folder, name),
      prompt: prompts[Number(match[1]) - 1] ?? '',
      seed: Number(match[2]),
      ...(names.has(attention) && { attentionPath: join(folder, attention) }),
    };
  });
  pictures.sort((a, b) => a.order - b.order || a.seed - b.seed);
  return sampleGridRecord.parse({
    step,
    ...(names.has('grid.png') && { gridPath: join(folder, 'grid.png') }),
    pictures,
  });
}
