import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { benchStep } from '../../native-runtime/bench/benchStep';
import { draw, latentShape, trainingTextFeeds, type BenchOptions } from '../../native-runtime/bench/inputs';
import { BenchTraining, startWeights } from '../../native-runtime/bench/training';
import { Session, type CreateOptions, type Values } from '../../native-runtime/device/session';
import { loadBaseModel } from '../../native-runtime/models/loadBaseModel';
import { float32, int64 } from '../../native-runtime/tensorData';
import { lossAndGradients } from '../../native-runtime/train/stepGraph';
import { relativeError } from '../support/tinyBases';

/** Two rows at 64 px: pictures of 16×16, 8×8 and 4×4 cells, so that every way of computing a convolution occurs. */
const rows = 2;
let options: BenchOptions;
beforeAll(async () => {
  const base = await loadBaseModel(resolve('media/pocket'));
  options = { base, resolution: 64, rows, mode: 'crossattn-kv', recompute: false, steps: 1, session: { lean: true } };
});

/** The loss and all gradients of a step, and how many nodes its graph has. */
async function step(settings: CreateOptions) {
  const shape = latentShape(options);
  const { loss, trainables } = lossAndGradients(
    options.base,
    { rows, height: shape[2]!, width: shape[3]! },
    benchStep(options),
  );
  const outputs = Object.fromEntries(trainables.map(({ name, gradient }) => [name, gradient]));
  const session = await Session.create({ loss, ...outputs }, { threads: 2, lean: true, ...settings });
  const weights = await startWeights(options, benchStep(options));
  const feeds: Values = {
    ...Object.fromEntries([...weights].map(([name, tensor]) => [`weight.${name}`, tensor])),
    ...trainingTextFeeds(options),
    mask: float32([rows, 1, shape[2]!, shape[3]!], new Float32Array(rows * shape[2]! * shape[3]!).fill(1)),
    latents: draw('latents', shape),
    noise: draw('noise', shape),
    timestep: int64([rows], [10, 700]),
  };
  const results = await session.run(feeds);
  await session.release();
  return { results, nodes: session.nodeCount };
}

describe('a training step with convolutions computed in other ways', () => {
  it('has the loss and the gradients that it has otherwise, but for rounding', async () => {
    const [usual, faster] = [await step({}), await step({ fasterConvolutions: true })];
    expect(faster.nodes).toBeGreaterThan(usual.nodes + 100);
    // The captions here have no modifier token: its gradient is zero.
    const errors = Object.entries(usual.results)
      .filter(([name]) => name !== 'modifier_rows.0')
      .map(([name, { data }]) => relativeError(faster.results[name]!.data as Float32Array, data as Float32Array));
    expect(errors.length).toBeGreaterThan(10);
    expect(Math.max(...errors)).toBeLessThan(3e-5);
    // Not the same operators in the same order.
    expect(Math.max(...errors)).toBeGreaterThan(0);
  });

  it('gives the same numbers with blocks that are computed again, bit for bit', async () => {
    const trained = [];
    for (const recompute of [false, true]) {
      const training = await BenchTraining.create({ ...options, recompute });
      const losses = [];
      for (let i = 0; i < 2; i++) losses.push(await training.update(draw('latents', latentShape(options))));
      trained.push({ losses, delta: training.delta() });
    }
    expect(trained[1]).toEqual(trained[0]);
  });
});
