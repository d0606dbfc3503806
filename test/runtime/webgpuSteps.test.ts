import { beforeAll, describe, expect, it } from 'vitest';
import { Session, type Values } from '../../native-runtime/device/session';
import { forWebgpu, forWebgpuFeed } from '../../native-runtime/device/webgpuGraph';
import { sortNodes } from '../../native-runtime/graph/nodeOrder';
import type { Tensor } from '../../native-runtime/graph/tensor';
import type { PreparedRun } from '../../native-runtime/train/prepareRun';
import { deviceStep, lossAndGradients, type StepOptions } from '../../native-runtime/train/stepGraph';
import { temporaryFolder } from '../support/temporaryFolder';
import { relativeError } from '../support/tinyBases';
import { tinyRun } from '../support/tinyRun';
import { feedsOf } from '../support/trainingSteps';

const folder = temporaryFolder();
/** So few bytes that the scores of every attention of the UNet and the table of embeddings are taken apart. */
const TINY = 8000;

// Run on the processor: what WebGPU computes of it is in webgpu.test.ts.
describe('a training step as WebGPU gets it', () => {
  let run: PreparedRun;
  let feeds: Values;
  let expected: Values;
  beforeAll(async () => {
    run = await tinyRun(folder);
    const weights = [...(await run.readInitialWeights())].map(([name, value]) => [`weight.${name}`, value] as const);
    feeds = { ...(await feedsOf(run, 1))[0], ...Object.fromEntries(weights) };
    expected = await evaluate(gradientsWith({}), feeds);
  }, 60_000);

  const gradientsWith = (options: Partial<StepOptions>): Record<string, Tensor> => {
    const { loss, trainables } = lossAndGradients(run.base, run.graphShape, { ...run.stepOptions, ...options });
    return { loss, ...Object.fromEntries(trainables.map(({ name, gradient }) => [`of ${name}`, gradient])) };
  };

  /** The largest relative difference from the plain step. */
  const errorOf = async (graph: Record<string, Tensor>) => {
    const narrow = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, forWebgpuFeed(value)]));
    const found = await evaluate(graph, narrow);
    expect(Object.keys(found).length).toBeGreaterThan(10);
    const errors = Object.entries(expected).map(([name, { data }]) =>
      relativeError(found[name]!.data as Float32Array, data as Float32Array),
    );
    return Math.max(...errors);
  };

  it('with a very small limit has the gradients of the whole', { timeout: 60_000 }, async () => {
    const scores = { sliced: TINY, slice: TINY };
    const sliced = forWebgpu(gradientsWith({ scores }), TINY);
    expect(count(sliced, 'Softmax')).toBeGreaterThan(2 * count(forWebgpu(gradientsWith({})), 'Softmax'));
    expect(await errorOf(sliced)).toBeLessThan(2e-5);
  });

  it('with blocks that are computed again has the same gradients', { timeout: 60_000 }, async () => {
    const plain = forWebgpu(gradientsWith(deviceStep('webgpu')));
    const again = forWebgpu(gradientsWith({ ...deviceStep('webgpu'), recompute: true }));
    expect(count(again, 'Conv')).toBeGreaterThan(1.3 * count(plain, 'Conv'));
    // No shape is computed: it would be read back from the device.
    const shapes = sortNodes(Object.values(again)).flatMap(({ op, inputs }) => (op === 'Reshape' ? [inputs[1]!] : []));
    expect(shapes.every(({ source }) => source.kind === 'constant')).toBe(true);
    expect(await errorOf(again)).toBeLessThan(2e-5);
  });
});

const count = (graph: Record<string, Tensor>, op: string) =>
  sortNodes(Object.values(graph)).filter((node) => node.op === op).length;

async function evaluate(graph: Record<string, Tensor>, feeds: Values): Promise<Values> {
  const session = await Session.create(graph, { threads: 1 });
  const results = await session.run(feeds);
  await session.release();
  return results;
}
