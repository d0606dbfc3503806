import { expect, it } from 'vitest';
import { loadBaseModel } from '../../native-runtime/models/loadBaseModel';
import { estimateRun, measureRate } from '../../native-runtime/train/estimateRun';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyBase, tinyConfig } from '../support/tinyRun';

it('an estimate counts what is trained and grows with rows, resolution and frozen layers less', async () => {
  const config = await tinyConfig(temporaryFolder());
  const base = await loadBaseModel(tinyBase);
  const rate = await measureRate({ threads: 1 });
  expect(rate).toBeGreaterThan(1e8);
  const plain = await estimateRun(config, base, { rate, pictures: [3] });
  expect(plain.trainedParameters).toBe(6928);
  expect(plain.disk).toMatchObject({ delta: 4 * 6928, checkpoint: 12 * 6928, checkpoints: 36 * 6928 });
  expect(plain.memory.mappedWeights).toBeGreaterThan(200_000 * 4);
  expect(plain.memory.mappedWeights).toBeLessThan(1_100_000);
  expect(plain.secondsPerStep).toBeGreaterThan(1e-4);
  expect(plain.secondsPerStep).toBeLessThan(1);
  expect(plain.seconds).toBeCloseTo(20 * plain.secondsPerStep);

  const double = await estimateRun({ ...config, instanceRows: 2, priorRows: 2 }, base, { rate });
  expect(double.flopsPerStep / plain.flopsPerStep).toBeCloseTo(2, 1);
  const large = await estimateRun({ ...config, resolution: 128 }, base, { rate });
  expect(large.memory.activations).toBeGreaterThan(2 * plain.memory.activations);
  const all = await estimateRun({ ...config, mode: 'self-crossattn' }, base, { rate });
  expect(all.trainedParameters).toBeGreaterThan(2 * plain.trainedParameters);
  expect(all.flopsPerStep).toBeGreaterThan(plain.flopsPerStep);
  const accumulated = await estimateRun({ ...config, gradientAccumulation: 3 }, base, { rate });
  expect(accumulated.flopsPerStep).toBeCloseTo(3 * plain.flopsPerStep, 0);
});
