import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { TrainConfig } from '../../../src/common/config/trainConfig';
import type { TrainingRun } from '../../../src/worker/trainingRun';
import { eventually } from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';
import { trainingHost } from '../../support/trainingHost';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const limitMs = 300_000;

const folder = temporaryFolder();
let nodePath: string | undefined;
const host = trainingHost(() => nodePath);

const config: TrainConfig = {
  base: 'pocket',
  output: 'runs',
  name: 'pocket',
  concepts: [{ folder: resolve('media/concepts/mochi-cat'), classNoun: 'cat', prior: { kind: 'none' } }],
  resolution: 64,
  steps: 8,
  instanceRows: 4,
  priorRows: 0,
  latentPool: 1,
  checkpointEvery: 2,
  sample: { every: 0 },
  threads: 1,
};

const configOf = (run: TrainingRun) =>
  JSON.parse(readFileSync(join(run.folder!, 'config.json'), 'utf8')) as TrainConfig;

it('F3 a run whose process the system killed keeps its checkpoint, and is trained again with less memory', async () => {
  const run = host.training.start({ config: { ...config, steps: 300 }, folder, title: 'pocket' });
  await eventually(() => run.step >= 3 || run.hasEnded, limitMs);
  process.kill((host.supervisor.state as { pid: number }).pid, 'SIGKILL');
  await run.end;
  expect(run).toMatchObject({ state: 'interrupted', error: { code: 'out-of-memory' } });
  expect(run.lastCheckpoint).toBeGreaterThanOrEqual(2);

  const again = await host.training.stepDown(run.folder!);
  await eventually(() => again.step >= 1 || again.hasEnded, limitMs);
  expect(again.error).toBeUndefined();
  expect(configOf(again)).toMatchObject({
    ...config,
    steps: 300,
    output: join(folder, 'runs'),
    instanceRows: 2,
    gradientAccumulation: 2,
  });
  host.training.stop(again.job, 'checkpoint');
  await again.end;
  expect(existsSync(join(run.folder!, 'checkpoints', '000002', 'manifest.json'))).toBe(true);
});

it.skipIf(process.platform !== 'linux')(
  'F15 a process that gets no more memory says so, and less is enough',
  async () => {
    // Address space for the program and the model, but not for the activations of 8 large pictures.
    nodePath = join(folder, 'limited.sh');
    writeFileSync(nodePath, `#!/bin/sh\nulimit -v 2600000\nexec ${process.execPath} "$@"\n`, { mode: 0o755 });
    await host.supervisor.restart();
    const large = { ...config, resolution: 256, instanceRows: 8, steps: 1 };
    const run = host.training.start({ config: large, folder, title: 'large' });
    await run.end;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'out-of-memory' } });
    expect(run.error!.problem).toMatch(/allocat|bad_alloc|memory/i);
    await eventually(() => host.supervisor.state.kind === 'stopped');

    // As after closing other programs.
    nodePath = undefined;
    const again = await host.training.stepDown(run.folder!);
    await again.end;
    expect(again.error).toBeUndefined();
    expect(configOf(again)).toMatchObject({ instanceRows: 4, gradientAccumulation: 2, resolution: 256 });
    expect(again.state).toBe('finished');
  },
);
