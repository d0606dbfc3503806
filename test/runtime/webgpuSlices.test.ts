import { describe, expect, it } from 'vitest';
import { Session } from '../../native-runtime/device/session';
import { forWebgpu, forWebgpuFeed } from '../../native-runtime/device/webgpuGraph';
import { lossAndGradients } from '../../native-runtime/train/stepGraph';
import type { Values } from '../../native-runtime/device/session';
import type { Tensor } from '../../native-runtime/graph/tensor';
import { sortNodes } from '../../native-runtime/graph/model';
import { relativeError } from '../support/tinyBases';
import { tinyRun } from '../support/tinyRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { feedsOf } from '../support/trainingSteps';

const folder = temporaryFolder();
/** So little that every attention and the table of embeddings are taken apart. */
const TINY = 8000;

describe('a training step for WebGPU with a very small limit', () => {
  it('has the gradients of the whole', async () => {
    const run = await tinyRun(folder);
    const [batch] = await feedsOf(run, 1);
    const weights = Object.fromEntries([...run.initialWeights].map(([name, value]) => [`weight.${name}`, value]));
    const gradientsWith = (slice?: number) => {
      const scores = slice === undefined ? undefined : { sliced: slice, slice };
      const { loss, trainables } = lossAndGradients(run.base, run.graphShape, { ...run.stepOptions, scores });
      return { loss, ...Object.fromEntries(trainables.map(({ name, gradient }) => [`of ${name}`, gradient])) };
    };
    const evaluate = async (graph: Record<string, Tensor>, feeds: Values) => {
      const session = await Session.create(graph, { threads: 1 });
      const results = await session.run(feeds);
      await session.release();
      return results;
    };
    const feeds = { ...batch, ...weights };
    const expected = await evaluate(gradientsWith(), feeds);
    const sliced = forWebgpu(gradientsWith(TINY), TINY);
    const count = (graph: Record<string, Tensor>, op: string) =>
      sortNodes(Object.values(graph)).filter((node) => node.op === op).length;
    expect(count(sliced, 'Softmax')).toBeGreaterThan(2 * count(forWebgpu(gradientsWith()), 'Softmax'));
    const narrow = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, forWebgpuFeed(value)]));
    const found = await evaluate(sliced, narrow);
    const errors = Object.entries(expected).map(([name, { data }]) =>
      relativeError(found[name]!.data as Float32Array, data as Float32Array),
    );
    expect(errors.length).toBeGreaterThan(10);
    expect(Math.max(...errors)).toBeLessThan(2e-5);
  });
});
