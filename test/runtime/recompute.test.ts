import { expect, test } from 'vitest';
import { draw, latentShape } from '../../native-runtime/bench/inputs';
import { BenchTraining } from '../../native-runtime/bench/training';
import type { BaseModel } from '../../native-runtime/models/baseModel';
import { tinyBase } from '../support/tinyBases';

/** Two steps as a large base is trained: their losses, and what was learned. */
async function train(base: BaseModel, mode: string, rows: number, recompute: boolean) {
  const options = { base, resolution: 64, rows, mode, recompute, session: { threads: 2, lean: true } };
  const training = await BenchTraining.create(options);
  const losses: number[] = [];
  for (let i = 0; i < 2; i++) losses.push(await training.update(draw('latents', latentShape(options))));
  return { losses, delta: training.delta() };
}

test.each([
  ['sd1', 'crossattn-kv', 2],
  ['sd2', 'crossattn-kv', 1],
  ['sd2', 'self-crossattn', 3],
  ['sdxl', 'crossattn', 2],
] as const)(
  '%s, %s, %i rows: blocks that are computed again give the same losses and weights, bit for bit',
  async (family, mode, rows) => {
    const base = await tinyBase(family);
    const plain = await train(base, mode, rows, false);
    const again = await train(base, mode, rows, true);
    expect(again.losses).toEqual(plain.losses);
    expect(again.delta).toEqual(plain.delta);
    expect(new Set(plain.losses).size).toBe(2);
  },
);
