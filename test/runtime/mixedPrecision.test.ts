import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sortNodes } from '../../native-runtime/graph/nodeOrder';
import { inMixedPrecision } from '../../native-runtime/graph/mixedPrecision';
import { float32 } from '../../native-runtime/tensorData';
import { defaultLossScale } from '../../native-runtime/train/lossScale';
import { freshMemory } from '../../native-runtime/train/loopSteps';
import { scalarOf } from '../../native-runtime/train/state';
import { lossAndGradients } from '../../native-runtime/train/stepGraph';
import { temporaryFolder } from '../support/temporaryFolder';
import { fixture, tinyBase } from '../support/tinyBases';
import { tinyRun } from '../support/tinyRun';
import { distance, feedsOf, takeLoopedSteps, takeSingleSteps } from '../support/trainingSteps';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const folder = temporaryFolder();
const settings = { capacity: 4, mixedPrecision: true };
/** What mixed precision may differ from single precision. */
const LIMIT = 2e-2;

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
    for (const [name, { data }] of state.weights) expect(data, name).toEqual(run.initialWeights.get(name)!.data);
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
