import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../../src/common/config/trainConfig';
import { bundleForHost, removeBundles } from '../../support/hostProcess';
import type { ProcessUse } from '../../support/processUse';
import type { SessionRecord, SessionTask } from '../../support/sessionOfRuns';
import { temporaryFolder } from '../../support/temporaryFolder';

const MEGABYTE = 2 ** 20;
const RUNS = 22;
/** The first runs fill caches, compile what is kept and let the allocators grow. */
const WARM_UP = 2;

const folder = temporaryFolder();
const home = join(folder, 'home');
afterAll(removeBundles);

const config: TrainConfig = {
  base: 'pocket',
  output: 'runs',
  name: 'many',
  concepts: [{ folder: resolve('media/concepts/mochi-cat'), classNoun: 'cat', prior: { count: 2, steps: 2 } }],
  resolution: 64,
  steps: 4,
  instanceRows: 1,
  priorRows: 1,
  latentPool: 1,
  checkpointEvery: 2,
  keepCheckpoints: 1,
  sample: { every: 4, seeds: [1], steps: 2, prompts: ['a photo of <new1> cat'] },
};

let records: SessionRecord[] = [];
let messages = '';

describe.skipIf(!existsSync('/proc/self/fd'))(
  'F24 twenty runs in one session of the editor, with pictures of each',
  () => {
    beforeAll(async () => {
      const [program, session] = [
        await bundleForHost('native-runtime/entry/runtime.ts'),
        await bundleForHost('test/support/sessionOfRuns.ts'),
      ];
      const temporary = join(folder, 'temporary');
      mkdirSync(temporary);
      mkdirSync(join(folder, 'session'));
      mkdirSync(home);
      const task: SessionTask = { program, folder: join(folder, 'session'), temporary, config, runs: RUNS };
      const taskFile = join(folder, 'task.json');
      writeFileSync(taskFile, JSON.stringify(task));
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--expose-gc', session, taskFile], {
        env: { ...process.env, TMPDIR: temporary, HOME: home },
        maxBuffer: 64 * MEGABYTE,
      });
      messages = stderr;
      records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SessionRecord);
      if (process.env.CUSTOM_DIFFUSION_FIGURES) writeFileSync(process.env.CUSTOM_DIFFUSION_FIGURES, stdout);
    }, 600_000);

    const before = () => records[WARM_UP - 1]!;
    const after = () => records.at(-1)!;
    const values = (of: (record: SessionRecord) => number) => records.slice(WARM_UP).map(of);

    it('leave no handle, thread, process or temporary file behind', () => {
      expect(records).toHaveLength(RUNS);
      for (const part of ['host', 'runtime'] as const) {
        expect(after()[part].handles, part).toEqual(before()[part].handles);
        expect(ownThreads(after()[part]), part).toEqual(ownThreads(before()[part]));
        expect(after()[part].children, part).toBe(before()[part].children);
      }
      expect(after().temporaryFiles).toEqual([]);
      expect(readdirSync(home)).toEqual([]);
    });

    it('leave no listener, timer or warning about them behind', () => {
      expect(after().listeners).toBe(before().listeners);
      expect(after().resources).toBe(before().resources);
      expect(messages).not.toMatch(/MaxListeners|unhandled/i);
    });

    it('come back to the memory of the first ones', () => {
      // What one session of the pocket model leaves behind is some 20 MB; the allocator's own gaps level off after a dozen runs.
      expect(growth(values(({ runtime }) => runtime.anonymous))).toBeLessThan(3 * MEGABYTE);
      expect(growth(values(({ host }) => host.anonymous))).toBeLessThan(MEGABYTE);
      expect(after().heap - before().heap).toBeLessThan(2 * MEGABYTE);
      const [early] = values(({ runtime }) => runtime.peak);
      expect(after().runtime.peak).toBeLessThan(1.3 * early!);
    });
  },
);

/** Threads by name, without those that libvips keeps for its next picture; there are never more than it may use. */
function ownThreads({ threads }: ProcessUse): string[] {
  const kept = threads.filter((name) => name !== 'libvips worker');
  expect(threads.length - kept.length).toBeLessThanOrEqual(4 * availableParallelism());
  return kept;
}

/** Bytes more with each run: the difference of the medians of the first and the second half, by the runs between them. */
function growth(bytes: readonly number[]): number {
  const half = bytes.length >> 1;
  return (median(bytes.slice(-half)) - median(bytes.slice(0, half))) / half;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
