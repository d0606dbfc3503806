import { expect, it, onTestFinished } from 'vitest';
import { JobQueue } from '../../../src/worker/jobQueue';
import { RuntimeSupervisor } from '../../../src/worker/runtimeSupervisor';
import { SamplingService } from '../../../src/worker/samplingService';
import { eventually, recordingLog, standInEnvironment, standInProgram } from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

function service() {
  const log = recordingLog();
  const supervisor = new RuntimeSupervisor({
    program: standInProgram,
    log,
    settings: () => ({ idleMinutes: 0, silenceMinutes: 0 }),
    env: standInEnvironment(),
    graceMs: 500,
  });
  const queue = new JobQueue();
  const sampling = new SamplingService({ supervisor, queue, log, computing: () => ({}) });
  onTestFinished(async () => {
    sampling.dispose();
    queue.dispose();
    await supervisor.shutdown();
  });
  return { sampling, queue };
}
const request = (prompt: string, pictures: number) => ({
  prompt,
  negativePrompt: '',
  seeds: Array.from({ length: pictures }, (_, i) => i),
  steps: 2,
  scheduler: 'ddim',
  guidanceScale: 1,
  captureAttention: false,
});

it('pictures come one by one, and requests one after the other', async () => {
  const { sampling, queue } = service();
  const seen: number[] = [];
  sampling.onUpdate(({ update }) => update.kind === 'picture' && seen.push(update.picture.seed));
  const first = sampling.generate({ model: {}, request: request('a', 3), folder });
  const rows = [{ label: 'one', model: {}, request: request('b', 1) }];
  const second = sampling.compare({ folder, title: 'both', rows });
  expect(queue.jobs.map(({ title, state }) => `${title} ${state}`)).toEqual(['a running', 'both waiting']);
  await first.end;
  expect(first).toMatchObject({ state: 'finished', gridPath: `${folder}/grid.png`, progress: { total: 3 } });
  expect(first.pictures.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  await second.end;
  expect(second.state).toBe('finished');
  expect(seen).toEqual([0, 1, 2, 0]);
});

it('F12 a stop keeps what is finished; one that waits leaves', async () => {
  const { sampling } = service();
  const run = sampling.generate({ model: {}, request: request('a', 1000), folder });
  const waiting = sampling.generate({ model: {}, request: request('b', 1), folder });
  await eventually(() => run.pictures.length === 2);
  sampling.stop(waiting.job);
  expect(sampling.stop(run.job)).toBe(true);
  await Promise.all([run.end, waiting.end]);
  expect([run.state, waiting.state]).toEqual(['stopped', 'stopped']);
  expect(run.pictures.length).toBeGreaterThanOrEqual(2);
  expect(sampling.stop(run.job)).toBe(false);
});

it('a stop at once ends the runtime and keeps what is finished', async () => {
  const { sampling } = service();
  const run = sampling.generate({ model: {}, request: request('a', 1000), folder });
  await eventually(() => run.pictures.length === 2);
  sampling.stop(run.job, true);
  await run.end;
  expect(run.state).toBe('stopped');
  expect(run.pictures.length).toBeGreaterThanOrEqual(2);
});

it('F3 a runtime that dies leaves the finished pictures and the reason', async () => {
  const { sampling } = service();
  const run = sampling.generate({ model: {}, request: request('die', 5), folder });
  await run.end;
  expect(run).toMatchObject({ state: 'failed', error: { code: 'out-of-memory' } });
  expect(run.pictures).toHaveLength(2);
});
