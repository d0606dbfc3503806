import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sortNodes } from '../../native-runtime/graph/nodeOrder';
import { inMixedPrecision } from '../../native-runtime/graph/mixedPrecision';
import { Session, type Values } from '../../native-runtime/device/session';
import { forWebgpu, forWebgpuFeed } from '../../native-runtime/device/webgpuGraph';
import type { Tensor } from '../../native-runtime/graph/tensor';
import { float32 } from '../../native-runtime/tensorData';
import { defaultLossScale, freshLossScale, lossScaleFeeds, takeLossScale } from '../../native-runtime/train/lossScale';
import { mixedGradients } from '../../native-runtime/train/mixedGradients';
import type { PreparedRun } from '../../native-runtime/train/prepareRun';
import { readRunLog } from '../../native-runtime/train/runLog';
import { freshMemory } from '../../native-runtime/train/loopSteps';
import { scalarOf, TrainState } from '../../native-runtime/train/state';
import { lossAndGradients } from '../../native-runtime/train/stepGraph';
import { createStepSessions } from '../../native-runtime/train/stepSessions';
import { trainRun } from '../../native-runtime/train/trainRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture, relativeError, tinyBase } from '../support/tinyBases';
import { tinyRun } from '../support/tinyRun';
import { distance, feedsOf, takeLoopedSteps, takeSingleSteps } from '../support/trainingSteps';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
const settings = { capacity: 4, mixedPrecision: true };
/** What mixed precision may differ from single precision. */
const LIMIT = 2e-2;
/** Bytes of scores of which the tiny model has more. */
const SLICE = 40_000;

describe.each(['sd1', 'sd2', 'sdxl'])('%s', (family) => {
  it('four steps in mixed precision give what single precision gives, within its limit', async () => {
    const run = await tinyRun(join(folder, family), { base: fixture(family, 'base') });
    const feeds = await feedsOf(run, 4);
    const memory = freshMemory(0);
    const actual = await takeLoopedSteps(run, feeds, settings, memory);
    const expected = await takeSingleSteps(run, feeds);
    expect(actual.results.map((one) => scalarOf(one, 'applied'))).toEqual([1, 1, 1, 1]);
    expect([memory.lossScale, memory.lossScaleAge]).toEqual([defaultLossScale.start, 4]);
    // The first moments are sums of gradients; weights themselves move by the sign of small ones, too.
    const { results, moments } = distance(actual, expected);
    console.log(
      `${family} in mixed precision: losses and norms ${results.toExponential(1)}, moments ${moments.toExponential(1)}`,
    );
    expect(results).toBeLessThan(LIMIT);
    expect(moments).toBeLessThan(LIMIT);
  });
});

describe('single steps', () => {
  const open = (run: PreparedRun) =>
    createStepSessions(run.base, run.graphShape, run.stepOptions, { threads: 1, mixedPrecision: true });

  it('in mixed precision, two batches an update, give what single precision gives', async () => {
    const changes = { gradientAccumulation: 2, steps: 2 };
    const train = async (name: string, mixedPrecision: boolean) => {
      const run = await tinyRun(join(folder, name), changes);
      const { folder: made } = await trainRun({ ...run, session: { ...run.session, mixedPrecision } });
      return readRunLog(join(made, 'log.jsonl'));
    };
    const [mixed, single] = [await train('mixed', true), await train('single', false)];
    expect(mixed).toHaveLength(2);
    mixed.forEach((step, i) => {
      expect(step.applied).toBe(true);
      expect(step.loss / single[i]!.loss).toBeCloseTo(1, 2);
      expect(step.gradientNorm / single[i]!.gradientNorm).toBeCloseTo(1, 1);
      expect(step.gradientNorm).not.toBe(single[i]!.gradientNorm);
    });
  });

  it('say that their gradients overflowed, and halve the scale', async () => {
    const run = await tinyRun(join(folder, 'overflowing'));
    const [feeds] = await feedsOf(run, 1);
    const { step } = await open(run);
    const memory = { lossScale: 2 ** 40, lossScaleAge: 5 };
    const state = TrainState.start(await run.readInitialWeights());
    const results = await state.update(step, { ...feeds, ...lossScaleFeeds(memory) }, run.stepOptions.optimizer);
    takeLossScale(memory, results);
    await step.release();
    expect([scalarOf(results, 'applied'), scalarOf(results, 'overflow'), state.updates]).toEqual([0, 1, 0]);
    expect(memory).toEqual({ lossScale: 2 ** 39, lossScaleAge: 0 });
  });

  it('are the same as WebGPU gets them, with everything sliced', async () => {
    const run = await tinyRun(join(folder, 'webgpu'));
    const scores = { sliced: SLICE, slice: SLICE };
    const gradients = mixedGradients(run.base, run.graphShape, { ...run.stepOptions, scores });
    const { loss, trainables } = gradients;
    const graph = { loss, ...Object.fromEntries(trainables.map(({ name, gradient }) => [`of ${name}`, gradient])) };
    const [batch] = await feedsOf(run, 1);
    const weights = Object.fromEntries(
      [...(await run.readInitialWeights())].map(([name, value]) => [`weight.${name}`, value]),
    );
    const feeds = { ...batch, ...weights, ...lossScaleFeeds(freshLossScale()) };
    const evaluate = async (outputs: Record<string, Tensor>, values: Values) => {
      const session = await Session.create(outputs, { threads: 1 });
      const results = await session.run(values);
      await session.release();
      return results;
    };
    const narrow = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, forWebgpuFeed(value)]));
    const rewritten = forWebgpu(graph, SLICE);
    const dtypes = (op: string) =>
      new Set(sortNodes(Object.values(rewritten)).flatMap((node) => (node.op === op ? [node.outputs[0]!.dtype] : [])));
    expect([...dtypes('MatMul')]).toEqual(['float16']);
    expect([...dtypes('Softmax')]).toEqual(['float32']);
    const [expected, found] = [await evaluate(graph, feeds), await evaluate(rewritten, narrow)];
    for (const [name, { data }] of Object.entries(expected))
      expect(relativeError(found[name]!.data as Float32Array, data as Float32Array), name).toBeLessThan(LIMIT);
  });
});

describe('the graph', () => {
  it('has its products in 16 bits; norms, softmax, sums and results in 32', async () => {
    const run = await tinyRun(join(folder, 'graph'));
    const { loss, rowLosses, trainables } = lossAndGradients(await tinyBase('sd1'), run.graphShape, run.stepOptions);
    const results = [loss, rowLosses, ...trainables.map(({ gradient }) => gradient)];
    const mixed = inMixedPrecision(
      results,
      trainables.map(({ value }) => value),
    );
    const widths = new Map<string, Set<string>>();
    for (const { op, outputs } of sortNodes(mixed))
      widths.set(op, (widths.get(op) ?? new Set()).add(outputs[0]!.dtype));
    for (const op of ['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'MultiHeadAttention'])
      expect([...widths.get(op)!], op).toEqual(['float16']);
    for (const op of ['LayerNormalization', 'Softmax', 'ReduceSum', 'ReduceMean', 'Exp', 'Erf', 'Div'])
      expect([...widths.get(op)!], op).toEqual(['float32']);
    expect(mixed.map(({ dtype, shape }) => [dtype, shape])).toEqual(results.map(({ shape }) => ['float32', shape]));
  });
});

describe('the loss scale', () => {
  it('is halved by gradients that do not fit, which is no failure', async () => {
    const run = await tinyRun(join(folder, 'overflow'));
    const feeds = await feedsOf(run, 4);
    const memory = { ...freshMemory(2), lossScale: 2 ** 40 };
    const { results, state } = await takeLoopedSteps(run, feeds, settings, memory);
    expect(results.map((one) => scalarOf(one, 'applied'))).toEqual([0, 0, 0, 0]);
    expect(memory).toEqual({ notFinite: 2, lossScale: 2 ** 36, lossScaleAge: 0 });
    expect(state.updates).toBe(0);
    for (const [name, { data }] of state.weights)
      expect(data, name).toEqual((await run.readInitialWeights()).get(name)!.data);
  });

  it('does not hide a loss that is not finite', async () => {
    const run = await tinyRun(join(folder, 'broken'));
    const [first] = await feedsOf(run, 1);
    const broken = { ...first!, latents: float32(first!.latents!.shape) };
    broken.latents.data.fill(NaN);
    const memory = freshMemory(0);
    const { results } = await takeLoopedSteps(run, [broken, broken, broken, broken], settings, memory);
    expect(results).toHaveLength(3);
    expect(memory.notFinite).toBe(3);
  });

  it('is doubled after enough updates in a row', async () => {
    const run = await tinyRun(join(folder, 'growth'));
    const memory = { ...freshMemory(0), lossScale: 16, lossScaleAge: defaultLossScale.patience - 2 };
    await takeLoopedSteps(run, await feedsOf(run, 3), settings, memory);
    expect([memory.lossScale, memory.lossScaleAge]).toEqual([32, 1]);
  });
});
