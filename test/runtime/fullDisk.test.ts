import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { newestCheckpoint } from '../../native-runtime/train/checkpoint';
import { prepareRun } from '../../native-runtime/train/prepareRun';
import { resumeRun } from '../../native-runtime/train/resumeRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import type { RunHooks } from '../../native-runtime/train/runHooks';
import { trainRun } from '../../native-runtime/train/trainRun';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { SmallDisk } from '../support/smallDisk';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyConfig, tinyOptions } from '../support/tinyRun';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
const cacheFolder = join(folder, 'cache');
let config: ResolvedTrainConfig;
let whole: Buffer;

beforeAll(async () => {
  config = await tinyConfig(folder, {
    steps: 12,
    checkpointEvery: 3,
    sample: { every: 6, seeds: [1], steps: 2, guidanceScale: 1 },
  });
  whole = readFileSync((await trainRun(await prepareRun(config, { ...tinyOptions, cacheFolder }))).delta!);
});

/** When the disk fills, and which checkpoint is the last then. */
const moments: [string, (fill: () => void) => RunHooks, number][] = [
  ['before a checkpoint', (fill) => ({ onStep: ({ step }) => void (step === 5 && fill()) }), 3],
  [
    'while one is saved',
    (fill) => ({ onSaveStage: (stage, step) => void (stage === 'start' && step === 9 && fill()) }),
    6,
  ],
  [
    'before sample pictures',
    (fill) => ({ onEvent: (e) => void (e.kind === 'checkpoint' && e.step === 6 && fill()) }),
    6,
  ],
  ['before the delta', (fill) => ({ onSample: ({ step }) => void (step === 12 && fill()) }), 12],
];

it.each(moments)('G3 a disk that fills %s leaves a run that goes on once there is space', async (name, hooks, last) => {
  const disk = SmallDisk.mount(join(folder, name.replaceAll(' ', '-')), '12m');
  if (!disk) return expect(process.getuid?.()).not.toBe(0);
  const here = { ...config, output: join(disk.folder, 'runs') };
  const options = { ...tinyOptions, cacheFolder };
  let run = '';
  const given = hooks(() => disk.fill());
  const training = trainRun(await prepareRun(here, options), { ...given, onStart: (path) => void (run = path) });
  await expect(training).rejects.toMatchObject({
    code: 'disk-full',
    remedy: expect.stringMatching(/^Free some space and resume the run/),
  });
  expect((await newestCheckpoint(join(run, 'checkpoints')))?.step).toBe(last);
  const left = readdirSync(run, { recursive: true }).map(String);
  expect(left.filter((path) => path.includes('.tmp'))).toEqual([]);
  expect(existsSync(join(run, 'lock.json'))).toBe(false);

  // As long as there is no space it does not begin.
  await expect(resumeRun(run, options)).rejects.toMatchObject({ code: 'disk-full' });
  disk.free();
  const finished = await resumeRun(run, options);
  expect(finished).toMatchObject({ status: 'finished', step: 12 });
  expect(readFileSync(finished.delta!).equals(whole)).toBe(true);
  expect((await readRunLog(join(run, 'log.jsonl'))).map(({ step }) => step)).toEqual(
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
  expect(readdirSync(join(run, 'samples')).sort()).toEqual(['step-000000', 'step-000006', 'step-000012']);
});

it('G3 a cache on a full disk ends the run with a typed error, and leaves no half file', async () => {
  const disk = SmallDisk.mount(join(folder, 'cache-disk'), '2m');
  if (!disk) return expect(process.getuid?.()).not.toBe(0);
  const options = { ...tinyOptions, cacheFolder: join(disk.folder, 'cache') };
  const run = await prepareRun({ ...config, output: join(folder, 'elsewhere') }, options);
  disk.fill();
  await expect(trainRun(run)).rejects.toMatchObject({ code: 'disk-full' });
  disk.free();
  const files = readdirSync(disk.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual([]);
  expect(await trainRun(run)).toMatchObject({ status: 'finished' });
});
