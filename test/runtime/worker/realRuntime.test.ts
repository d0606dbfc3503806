import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ResolvedTrainConfig } from '../../../src/common/config/resolvedTrainConfig';
import { RunStore } from '../../../src/runs/runStore';
import { JobQueue } from '../../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../../src/worker/runtimeSupervisor';
import { SamplingService } from '../../../src/worker/samplingService';
import { TrainingService } from '../../../src/worker/trainingService';
import { bundleForHost, removeBundles } from '../../support/hostProcess';
import { eventually, recordingLog } from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase, tinyConfig } from '../../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const limitMs = 300_000;

const folder = temporaryFolder();
const log = recordingLog();
const queue = new JobQueue();
let supervisor: RuntimeSupervisor;
let training: TrainingService;
let store: RunStore;
let config: ResolvedTrainConfig;

beforeAll(async () => {
  const program = await bundleForHost('native-runtime/entry/runtime.ts');
  const settings = () => ({ idleMinutes: 0, silenceMinutes: 0 });
  supervisor = new RuntimeSupervisor({ program, log, settings });
  training = new TrainingService({ supervisor, queue, log, moveToTrash: async () => {} });
  config = await tinyConfig(folder, { steps: 400, checkpointEvery: 2 });
  store = new RunStore({ roots: () => [config.output] });
});
afterAll(async () => {
  training.dispose();
  queue.dispose();
  store.dispose();
  await supervisor.shutdown();
  removeBundles();
});
const start = (changes: Partial<ResolvedTrainConfig> = {}) =>
  training.start({ config: { ...config, ...changes }, folder, title: 'tiny' });
const stateOf = async (run: string) => (await store.refresh()).find((one) => one.folder === run)!;

it('F3 a run whose runtime is killed is interrupted, here and on disk, and resumes to its end', async () => {
  const run = start({ steps: 12 });
  await eventually(() => run.step >= 3, limitMs);
  expect(await stateOf(run.folder!)).toMatchObject({ state: 'running' });
  if (supervisor.state.kind === 'ready') process.kill(supervisor.state.pid, 'SIGKILL');
  await run.end;
  expect(run.state).toBe('interrupted');
  expect(run.error!.problem).toMatch(/^interrupted at step \d+: the runtime was killed by the system/);
  expect(await stateOf(run.folder!)).toMatchObject({ state: 'interrupted', steps: 12, name: 'tiny' });

  const resumed = await training.resume(run.folder!);
  await resumed.end;
  expect(resumed.error).toBeUndefined();
  expect(resumed.state).toBe('finished');
  expect(resumed.steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  expect(existsSync(resumed.delta!)).toBe(true);
  expect(await stateOf(run.folder!)).toMatchObject({ state: 'finished', step: 12 });
});

it('F12 a run is paused after its step, stays paused on disk, and is ended at once when it goes on', async () => {
  const run = start();
  await eventually(() => run.step >= 1, limitMs);
  training.stop(run.job, 'pause');
  await run.end;
  expect(run.state).toBe('paused');
  const paused = await stateOf(run.folder!);
  expect(paused).toMatchObject({ state: 'paused', step: run.step });
  expect(paused.checkpoints.at(-1)!.step).toBe(run.step);

  const resumed = await training.resume(run.folder!);
  await eventually(() => resumed.step > run.step, limitMs);
  training.stop(resumed.job, 'now');
  await resumed.end;
  expect(resumed.state).toBe('stopped');
  expect(await stateOf(run.folder!)).toMatchObject({ state: 'stopped' });
  expect(log.lines.filter((line) => line.startsWith('error') && !line.includes('killed by the system'))).toEqual([]);
});

it('F12 pictures that are finished stay when the rest is stopped', async () => {
  const sampling = new SamplingService({ supervisor, queue, log, computing: () => ({}) });
  const request = {
    prompt: 'a cat',
    negativePrompt: '',
    seeds: Array.from({ length: 200 }, (_, i) => i),
    steps: 2,
    scheduler: 'ddim',
    guidanceScale: 1,
    captureAttention: false,
  };
  const run = sampling.generate({ model: { base: tinyBase }, request, folder: join(folder, 'pictures') });
  await eventually(() => run.pictures.length >= 1 || run.hasEnded, limitMs);
  sampling.stop(run.job);
  await run.end;
  expect(run.error).toBeUndefined();
  expect(run.state).toBe('stopped');
  expect(run.pictures.every(({ path }) => existsSync(path))).toBe(true);
  sampling.dispose();
});
