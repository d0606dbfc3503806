import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readHostNote, writeHostNote } from '../../../src/runs/hostNote';
import { RuntimeBusy } from '../../../src/worker/errors';
import { JobQueue } from '../../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../../src/worker/runtimeSupervisor';
import type { LiveRunState, TrainingRun } from '../../../src/worker/trainingRun';
import { TrainingService } from '../../../src/worker/trainingService';
import {
  eventually,
  recordingLog,
  standInEnvironment,
  standInProgram,
  type StandInOrders,
} from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
let count = 0;

function service(orders: StandInOrders = {}, silenceMinutes = 0) {
  const log = recordingLog();
  const supervisor = new RuntimeSupervisor({
    program: standInProgram,
    log,
    settings: () => ({ idleMinutes: 0, silenceMinutes }),
    env: standInEnvironment(orders),
    graceMs: 500,
    restartLimits: { restarts: 3, windowMs: 600_000, backoffMs: 10 },
  });
  const queue = new JobQueue();
  const training = new TrainingService({
    supervisor,
    queue,
    log,
    moveToTrash: (folder) => rm(folder, { recursive: true }),
  });
  onTestFinished(async () => {
    training.dispose();
    queue.dispose();
    await supervisor.shutdown();
  });
  const states: LiveRunState[] = [];
  training.onDidChange(({ state }) => states.push(state));
  const start = (config: Record<string, unknown>) => {
    const folder = join(root, `run-${count++}`);
    return training.start({ config: { folder, ...config }, folder: root, title: 'cat' });
  };
  return { training, queue, supervisor, states, start, log };
}
const numbers = (run: TrainingRun) => run.steps.map(({ step }) => step);
const endless = { steps: 100_000 };

it('keeps the whole course of a run', async () => {
  const { training, start, states, queue } = service();
  const updates: string[] = [];
  training.onUpdate(({ update }) => updates.push(update.kind));
  const run = start({ steps: 5 });
  expect(run.state).toBe('starting');
  expect(await run.end).toBe(run);
  expect(numbers(run)).toEqual([1, 2, 3, 4, 5]);
  expect(run).toMatchObject({ state: 'finished', lastCheckpoint: 4, delta: join(run.folder!, 'delta.safetensors') });
  expect([...new Set(states)]).toEqual(['waiting', 'starting', 'preparing', 'compiling', 'training', 'finished']);
  expect(new Set(updates)).toEqual(new Set(['started', 'preparing', 'compiling', 'steps', 'checkpoint']));
  expect(training.find(run.folder!)).toBe(run);
  await eventually(() => queue.jobs[0]!.state === 'done');
});

it('F3 a runtime that is killed interrupts the run, which says where it goes on', async () => {
  const { start, supervisor, queue } = service();
  const run = start({ steps: 9, die: { at: 5, how: 'SIGKILL' } });
  await run.end;
  expect(run.state).toBe('interrupted');
  expect(run.error).toMatchObject({
    code: 'out-of-memory',
    where: run.folder,
    problem: expect.stringMatching(/^interrupted at step 5: the runtime was killed by the system/) as string,
    remedy: expect.stringMatching(/^Resume it from step 4\. Lower the resolution/) as string,
  });
  expect(numbers(run)).toEqual([1, 2, 3, 4, 5]);
  await eventually(() => queue.jobs[0]!.state === 'failed');
  expect(supervisor.state.kind).toBe('failed');
  const next = start({ steps: 2 });
  await next.end;
  expect(next.state).toBe('finished');
});

it('a configuration that is refused fails the run with its reason', async () => {
  const { start } = service();
  const run = start({ fail: 'no concepts' });
  await run.end;
  expect(run).toMatchObject({
    state: 'failed',
    error: { code: 'bad-config', problem: 'no concepts' },
    folder: undefined,
  });
});

it.each([
  ['checkpoint', 'stopped', undefined],
  ['pause', 'paused', 'pause'],
  ['now', 'stopped', 'now'],
] as const)('F12 the stop "%s" ends as %s', async (kind, state, note) => {
  const { training, start } = service();
  const run = start(endless);
  await eventually(() => run.step >= 3);
  expect(training.stop(run.job, kind)).toBe(true);
  expect(run.state).toBe('stopping');
  await run.end;
  expect(run.state).toBe(state);
  expect(run.error).toBeUndefined();
  const noted = await readHostNote(run.folder!);
  expect(noted).toEqual(note && { stop: note, step: run.step });
  expect(training.stop(run.job, kind)).toBe(false);
});

it('F12 a stop during the start of the runtime, and one in the queue list, end the run', async () => {
  const { training, start, queue } = service();
  const run = start(endless);
  training.stop(run.job, 'checkpoint');
  await run.end;
  expect(run.state).toBe('stopped');
  const other = start(endless);
  await eventually(() => other.step > 0);
  queue.stop(other.job);
  await other.end;
  expect(other.state).toBe('stopped');
});

it('a run that hangs is shown, and a harder stop ends it', async () => {
  const { training, start } = service({ ignoreSigterm: true }, 0.5 / 60);
  const run = start({ silentAfter: 2 });
  await eventually(() => run.isSilent);
  training.stop(run.job, 'checkpoint');
  training.stop(run.job, 'now');
  training.stop(run.job, 'checkpoint');
  await run.end;
  expect(run).toMatchObject({ state: 'stopped', isSilent: false });
});

it('discarding moves the folder away, of a run that waits too', async () => {
  const { training, start } = service();
  const run = start(endless);
  const waiting = start(endless);
  await eventually(() => run.step > 0);
  expect(waiting.state).toBe('waiting');
  training.stop(waiting.job, 'discard');
  training.stop(run.job, 'discard');
  await Promise.all([run.end, waiting.end]);
  expect([run.state, waiting.state]).toEqual(['discarded', 'discarded']);
  expect(existsSync(run.folder!)).toBe(false);
});

it('a resumed run has its earlier steps, and repeats those after its checkpoint', async () => {
  const folder = join(root, 'resumed');
  mkdirSync(folder);
  const step = (n: number) => ({
    step: n,
    loss: 9,
    instanceLosses: [],
    priorLoss: null,
    gradientNorm: null,
    learningRate: 1,
    timesteps: [],
    applied: true,
    seconds: 1,
    rssBytes: 1,
  });
  writeFileSync(join(folder, 'log.jsonl'), [1, 2, 3, 4, 5].map((n) => `${JSON.stringify(step(n))}\n`).join(''));
  await writeHostNote(folder, { stop: 'pause', step: 5 });
  const { training } = service({ resume: { first: 4, steps: 8, stepMs: 30 } });
  const run = await training.resume(folder);
  expect(numbers(run)).toEqual([1, 2, 3, 4, 5]);
  await expect(training.resume(folder)).rejects.toBeInstanceOf(RuntimeBusy);
  await run.end;
  expect(numbers(run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(run.steps[2]!.loss).toBe(9);
  expect(run.steps[3]!.loss).toBe(1 / 4);
  expect(await readHostNote(folder)).toBeUndefined();
});

it.each([
  ['F16 a lost device', 'device-lost'],
  ['F15 memory that ran out', 'out-of-memory'],
])('%s ends the run and its process; the run goes on in another, on the processor', async (_, code) => {
  const { training, supervisor, start } = service({ resume: { steps: 6, first: 3 } });
  const run = start({ steps: 6, lose: { at: 3, code } });
  await eventually(() => supervisor.state.kind === 'ready');
  const { pid } = supervisor.state as { pid: number };
  await run.end;
  expect(run).toMatchObject({ state: 'failed', error: { code } });
  await eventually(() => supervisor.state.kind === 'stopped');

  const resumed = await training.resume(run.folder!, { device: 'cpu' });
  await resumed.end;
  expect(resumed.state).toBe('finished');
  expect(supervisor.state).toMatchObject({ kind: 'ready' });
  expect((supervisor.state as { pid: number }).pid).not.toBe(pid);
});
