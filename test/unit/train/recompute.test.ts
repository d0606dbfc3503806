import { beforeAll, describe, expect, test } from 'vitest';
import type { BaseModel } from '../../../native-runtime/models/baseModel';
import { loadBaseModel } from '../../../native-runtime/models/loadBaseModel';
import { BenchTraining } from '../../../native-runtime/bench/training';
import { draw, latentShape } from '../../../native-runtime/bench/inputs';
import { freezeModes } from '../../../src/common/freezeModes';
import { tinyBase } from '../../support/tinyRun';

let base: BaseModel;

beforeAll(async () => {
  base = await loadBaseModel(tinyBase);
});

/** Three steps: their losses, and what was learned. */
async function train(mode: string, rows: number, recompute: boolean) {
  const options = { base, resolution: 64, rows, mode, recompute, session: { threads: 1 } };
  const training = await BenchTraining.create(options);
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push(await training.update(draw('latents', latentShape(options))));
  return { losses, delta: training.delta() };
}

describe('a training step that computes blocks again', () => {
  test.each(freezeModes.flatMap((mode) => [1, 2].map((rows) => [mode, rows] as const)))(
    '%s, %i rows: the same losses and weights, bit for bit',
    async (mode, rows) => {
      const plain = await train(mode, rows, false);
      const again = await train(mode, rows, true);
      expect(again.losses).toEqual(plain.losses);
      expect(again.delta).toEqual(plain.delta);
      expect(new Set(plain.losses).size).toBe(3);
    },
  );
});
