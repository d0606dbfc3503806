import { cpSync, copyFileSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import type { TrainConfig } from '../../../src/common/config/trainConfig';
import type { TrainingRun } from '../../../src/worker/trainingRun';
import { SamplingService } from '../../../src/worker/samplingService';
import { eventually } from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';
import { trainingHost } from '../../support/trainingHost';
import { tinyBase } from '../../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const limitMs = 300_000;

const folder = temporaryFolder();
const pocket = resolve('media/pocket');
const base = join(folder, 'base');
const part = join('unet', 'diffusion_pytorch_model.safetensors');
const weights = join(base, part);
const host = trainingHost();

const config: TrainConfig = {
  base,
  output: 'runs',
  name: 'pocket',
  concepts: [{ folder: resolve('media/concepts/mochi-cat'), classNoun: 'cat', prior: { kind: 'none' } }],
  resolution: 64,
  steps: 300,
  instanceRows: 1,
  latentPool: 1,
  checkpointEvery: 2,
  sample: { every: 0 },
  threads: 1,
};

beforeAll(() => cpSync(pocket, base, { recursive: true }));

/** Trains until something was done to the weights, and to the end that it has. */
async function trainWhile(change: () => void): Promise<TrainingRun> {
  const run = host.training.start({ config, folder, title: 'pocket' });
  await eventually(() => run.step >= 5 || run.hasEnded, limitMs);
  change();
  return run.end;
}

it.each([
  ['cut off', () => truncateSync(weights, 100_000), /is shorter than it was: 100000 bytes instead of|was changed/],
  ['emptied', () => truncateSync(weights, 0), /is shorter than it was: 0 bytes instead of|was changed/],
  ['deleted', () => rmSync(weights), /was deleted or moved|is not there any more/],
])('A29 weights that are %s in training end the run, which goes on when they are back', async (_, change, problem) => {
  const run = await trainWhile(change);
  expect(['failed', 'interrupted']).toContain(run.state);
  expect(run.error).toMatchObject({ code: 'bad-file', where: weights });
  expect(run.error!.problem).toMatch(problem);
  expect(run.error!.remedy).toMatch(/^Put the file back as it was/);

  copyFileSync(join(pocket, part), weights);
  const resumed = await host.training.resume(run.folder!);
  await eventually(() => resumed.step > run.lastCheckpoint! + 1 || resumed.hasEnded, limitMs);
  expect(resumed.error).toBeUndefined();
  expect(resumed.steps[0]!.step).toBe(1);
  host.training.stop(resumed.job, 'checkpoint');
  await resumed.end;
  expect(resumed.state).toBe('stopped');
  expect(readFileSync(weights).length).toBeGreaterThan(1e6);
});

it('A29 a process that the system ends for reading beyond the end of a file names the file', async () => {
  // Weights of 32 bits are read where they lie in the mapped file; those of 16 bits are copied into memory.
  const mapped = join(folder, 'mapped');
  const file = join(mapped, part);
  let run: TrainingRun;
  do {
    cpSync(tinyBase, mapped, { recursive: true });
    run = host.training.start({ config: { ...config, base: mapped }, folder, title: 'mapped' });
    await eventually(() => run.step >= 5 || run.hasEnded, limitMs);
    truncateSync(file, 4096);
    await run.end;
    // Between the end of a step and the look at the files it is found without a crash; then there is another try.
  } while (run.state === 'failed');
  expect(host.log.lines.at(-1)).toMatch(/SIGBUS/);
  expect(run.state).toBe('interrupted');
  expect(run.error).toMatchObject({ code: 'bad-file', where: file });
  expect(run.error!.problem).toMatch(/^interrupted at step \d+: the model file .* is shorter than it was: 4096 bytes/);
  expect(run.error!.remedy).toMatch(/^Put the file back as it was\. Resume it from step \d+$/);

  copyFileSync(join(tinyBase, part), file);
  const resumed = await host.training.resume(run.folder!);
  await eventually(() => resumed.step > run.step || resumed.hasEnded, limitMs);
  host.training.stop(resumed.job, 'checkpoint');
  await resumed.end;
  expect(resumed.state).toBe('stopped');
});

it('A29 names the file when the system ends the process in drawing', async () => {
  const drawn = join(folder, 'drawn');
  const file = join(drawn, part);
  cpSync(tinyBase, drawn, { recursive: true });
  const { supervisor, queue, log } = host;
  const sampling = new SamplingService({ supervisor, queue, log, computing: () => ({}) });
  const request = {
    prompt: 'a cat',
    negativePrompt: '',
    seeds: Array.from({ length: 100 }, (_, i) => i),
    steps: 500,
    scheduler: 'ddim',
    guidanceScale: 4,
    captureAttention: false,
  };
  const run = sampling.generate({ model: { base: drawn }, request, folder: join(folder, 'pictures') });
  await eventually(() => (run.progress?.done ?? 0) > 0 || run.hasEnded, limitMs);
  truncateSync(file, 4096);
  await run.end;
  sampling.dispose();
  const error = { code: 'bad-file', where: file, remedy: 'Put the file back as it was' };
  expect(run).toMatchObject({ state: 'failed', error });
  expect(run.error!.problem).toMatch(/is shorter than it was: 4096 bytes instead of \d+ \(SIGBUS\)$/);
});
