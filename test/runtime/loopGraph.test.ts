import { build } from 'esbuild';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RandomStream } from '../../native-runtime/random';
import { float32 } from '../../native-runtime/tensorData';
import { DrawsAhead } from '../../native-runtime/train/drawsAhead';
import { buildLatentPool } from '../../native-runtime/train/latentPool';
import { freshMemory, LoopPace, runLoop, stepsInLoop } from '../../native-runtime/train/loopSteps';
import type { PreparedRun } from '../../native-runtime/train/prepareRun';
import { gatherPriors } from '../../native-runtime/train/priorPictures';
import { createRunFolder } from '../../native-runtime/train/runFolder';
import type { RunHooks } from '../../native-runtime/train/runHooks';
import { readRunLog, RunLog } from '../../native-runtime/train/runLog';
import type { RunSessions } from '../../native-runtime/train/runSessions';
import { SampleGrids } from '../../native-runtime/train/sampleGrids';
import { scalarOf, TrainState } from '../../native-runtime/train/state';
import { createStepSessions } from '../../native-runtime/train/stepSessions';
import { TrainingLoop } from '../../native-runtime/train/trainingLoop';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture } from '../support/tinyBases';
import { tinyRun } from '../support/tinyRun';
import { compileLoop, feedsOf, takeLoopedSteps, takeSingleSteps, tensorsOf, valuesOf } from '../support/trainingSteps';

// Seconds of work each, but minutes where others use the processor.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();

/** The program of the thread that draws, as it is shipped. */
async function bundledThread(): Promise<string> {
  const outfile = join(folder, 'draws.js');
  const entry = join(__dirname, '../../native-runtime/entry/draws.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
  return outfile;
}

const settings = { capacity: 4 };

function expectSame(actual: TrainState, expected: TrainState): void {
  expect(actual.updates).toBe(expected.updates);
  const [ours, theirs] = [tensorsOf(actual), tensorsOf(expected)];
  expect([...ours.keys()]).toEqual([...theirs.keys()]);
  for (const [name, { data }] of ours)
    expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength), name).toEqual(bytesOf(theirs.get(name)!.data));
}

const bytesOf = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe.each(['sd1', 'sd2', 'sdxl'])('%s', (family) => {
  it('steps in a loop are bit for bit single steps', async () => {
    const run = await tinyRun(join(folder, family), { base: fixture(family, 'base'), gradientClip: 0.5 });
    // The second run of the loop takes fewer than the graph has room for.
    const feeds = await feedsOf(run, 6);
    const [actual, expected] = [await takeLoopedSteps(run, feeds, settings), await takeSingleSteps(run, feeds)];
    for (const name of ['loss', 'rowLosses', 'gradientNorm', 'applied'])
      expect(valuesOf(actual.results, name)).toEqual(valuesOf(expected.results, name));
    expectSame(actual.state, expected.state);
  });
});

describe('E1 steps that are not finite', () => {
  it('change nothing in the loop, and their update does not count', async () => {
    const run = await tinyRun(join(folder, 'nan'));
    const [first, second, third, fourth] = await feedsOf(run, 4);
    const broken = { ...second!, latents: float32(second!.latents!.shape) };
    broken.latents.data.fill(NaN);
    const expected = await takeSingleSteps(run, [first!, third!, fourth!]);

    const loop = await compileLoop(run, settings);
    const state = TrainState.start(await run.readInitialWeights());
    const { optimizer } = run.stepOptions;
    const memory = freshMemory(0);
    const results = await runLoop(loop, state, [first!, broken, third!, fourth!], optimizer, memory);
    expect(results.map((one) => scalarOf(one, 'applied'))).toEqual([1, 0, 1, 1]);
    expectSame(state, expected.state);

    // With two before it, the third in a row is the last of the loop.
    memory.notFinite = 2;
    expect(await runLoop(loop, state, [broken, third!], optimizer, memory)).toHaveLength(1);
    expect(memory.notFinite).toBe(3);
    expectSame(state, expected.state);
    await loop.session.release();
  });
});

describe('a training loop over loops', () => {
  const changes = { steps: 7, checkpointEvery: 3, sample: { every: 0 } };

  async function train(
    name: string,
    compile: (run: PreparedRun) => Promise<RunSessions>,
    hooks: RunHooks = {},
    draws?: DrawsAhead,
  ) {
    const run = await tinyRun(join(folder, name), changes);
    const runFolder = await createRunFolder(run.config);
    const pool = await buildLatentPool(run, await gatherPriors(run));
    const sessions = await compile(run);
    const log = await RunLog.open(runFolder.log, 0);
    const grids = new SampleGrids(run, runFolder.samples);
    const state = TrainState.start(await run.readInitialWeights());
    const parts = { run, folder: runFolder, pool, sessions, grids, log, hooks, draws };
    const loop = new TrainingLoop(parts, state, 0, 0);
    const status = await loop.train();
    await log.close();
    return { status, step: loop.step, state, log: await readRunLog(runFolder.log) };
  }

  const looped = async (run: PreparedRun) => ({ loop: await compileLoop(run, settings) });
  const stepped = (run: PreparedRun) =>
    createStepSessions(run.base, run.graphShape, run.stepOptions, { threads: 1, update: 'graph' });

  it('logs the same steps and ends with the same state, checkpoints between', async () => {
    const checkpoints: number[] = [];
    const onEvent: RunHooks['onEvent'] = (event) => void (event.kind === 'checkpoint' && checkpoints.push(event.step));
    const draws = DrawsAhead.start(await bundledThread())!;
    const asked = vi.spyOn(draws, 'draw');
    const [actual, expected] = [await train('looped', looped, { onEvent }, draws), await train('stepped', stepped)];
    // The noise of all steps but those of the first run of the loop was drawn beside them.
    expect(asked.mock.calls.flatMap(([wanted]) => [...new Set(wanted.map(({ step }) => step))])).toEqual(
      expect.arrayContaining([2, 3, 4, 5, 6]),
    );
    await draws.stop();
    expect(actual.status).toBe('finished');
    expect(checkpoints).toEqual([3, 6, 7]);
    expectSame(actual.state, expected.state);
    const essential = ({ log }: typeof actual) => log.map((report) => ({ ...report, seconds: 0, rssBytes: 0 }));
    expect(essential(actual)).toEqual(essential(expected));
  });

  it('stops at the end of a loop and keeps what it has', async () => {
    const controller = new AbortController();
    const onStep: RunHooks['onStep'] = ({ step }) => void (step === 1 && controller.abort());
    const { status, step } = await train('stopped', looped, { onStep, signal: controller.signal });
    expect(status).toBe('stopped');
    expect(step).toBe(2);
  });
});

describe('drawing ahead', () => {
  const wanted = [
    { seed: 3, purpose: 'noise', step: 1, index: 0, count: 7 },
    { seed: 3, purpose: 'noise', step: 1, index: 1, count: 7 },
  ];

  it('gives the values that are drawn without it', async () => {
    const draws = DrawsAhead.start(await bundledThread())!;
    const drawn = await draws.draw(wanted);
    for (const { seed, purpose, step, index, count } of wanted)
      expect(drawn(purpose, step, index)).toEqual(new RandomStream(seed, purpose, step, index).normals(count));
    expect(drawn('latent', 1, 0)).toBeUndefined();
    await draws.stop();
    // A thread that has ended draws nothing, and keeps nobody waiting.
    expect((await draws.draw(wanted))('noise', 1, 0)).toBeUndefined();
  });

  it('is not there where its program is not', () => {
    expect(DrawsAhead.start(join(folder, 'nowhere.js'))).toBeUndefined();
  });
});

describe('how many steps go into one run', () => {
  const config = { steps: 100, checkpointEvery: 30, sample: { every: 50 } } as Parameters<typeof stepsInLoop>[0];
  it.each([
    [0, 25],
    [25, 5],
    [40, 10],
    [59, 1],
    [95, 5],
  ])('at step %i: %i', (step, count) => expect(stepsInLoop(config, step, 25)).toBe(count));

  it('is as much as fits into two seconds', () => {
    const pace = new LoopPace();
    expect(pace.stepsOf(25)).toBe(2);
    const steps = [0.07, 0.5, 5].map((seconds) => {
      pace.took(seconds);
      return pace.stepsOf(25);
    });
    expect(steps).toEqual([25, 4, 1]);
  });
});
