import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { BaseModel } from '../../native-runtime/models/baseModel';
import { loadBaseModel } from '../../native-runtime/models/loadBaseModel';
import { estimateRun } from '../../native-runtime/train/estimateRun';
import { machineSpeed, type MachineSpeed } from '../../native-runtime/train/machineSpeed';
import { temporaryFolder } from '../support/temporaryFolder';
import { tinyBase, tinyConfig } from '../support/tinyRun';

// The machine is measured, which takes longer where others use it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let config: ResolvedTrainConfig;
let base: BaseModel;
let speed: MachineSpeed;

beforeAll(async () => {
  config = await tinyConfig(temporaryFolder());
  base = await loadBaseModel(tinyBase);
  speed = await machineSpeed({ threads: 1 });
});

const estimate = (changes: Partial<ResolvedTrainConfig> = {}) =>
  estimateRun({ ...config, ...changes }, base, { speed, pictures: [3] });

describe('the speed of this machine', () => {
  it('is one that a processor can have', () => {
    for (const [kind, [low, high]] of Object.entries({
      convolution: [1e7, 1e13],
      product: [1e7, 1e13],
      movedBytes: [1e6, 1e12],
      call: [1e-8, 1e-1],
    })) {
      expect(speed[kind as keyof MachineSpeed], kind).toBeGreaterThan(low!);
      expect(speed[kind as keyof MachineSpeed], kind).toBeLessThan(high!);
    }
  });

  it('is measured once in a process for a number of threads', async () => {
    expect(machineSpeed({ threads: 1 })).toBe(machineSpeed({ threads: 1 }));
    expect(await machineSpeed({ threads: 1 })).toBe(speed);
  });
});

describe('an estimate', () => {
  it('counts what is trained', async () => {
    const plain = await estimate();
    expect(plain.trainedParameters).toBe(6928);
    expect(plain.disk).toMatchObject({ delta: 4 * 6928, checkpoint: 12 * 6928, checkpoints: 36 * 6928 });
    expect(plain.memory.mappedWeights).toBeGreaterThan(200_000 * 4);
    expect(plain.memory.mappedWeights).toBeLessThan(1_100_000);
    const all = await estimate({ mode: 'self-crossattn' });
    expect(all.trainedParameters).toBeGreaterThan(2 * plain.trainedParameters);
    expect(all.flopsPerStep).toBeGreaterThan(plain.flopsPerStep);
  });

  it('has seconds that are finite and positive', async () => {
    const { secondsPerStep, seconds } = await estimate();
    expect(Number.isFinite(secondsPerStep)).toBe(true);
    expect(secondsPerStep).toBeGreaterThan(1e-4);
    expect(seconds).toBeCloseTo(20 * secondsPerStep);
  });

  it('grows with rows, resolution and batches of a step', async () => {
    const plain = await estimate();
    const rows = await estimate({ instanceRows: 2, priorRows: 2 });
    expect(rows.flopsPerStep / plain.flopsPerStep).toBeCloseTo(2, 1);
    expect(rows.secondsPerStep).toBeGreaterThan(plain.secondsPerStep);
    const large = await estimate({ resolution: 128 });
    expect(large.memory.activations).toBeGreaterThan(2 * plain.memory.activations);
    expect(large.secondsPerStep).toBeGreaterThan(plain.secondsPerStep);
    const accumulated = await estimate({ gradientAccumulation: 3 });
    expect(accumulated.flopsPerStep).toBeCloseTo(3 * plain.flopsPerStep, 0);
    expect(accumulated.secondsPerStep).toBeCloseTo(3 * plain.secondsPerStep, 6);
  });

  it('takes less time on a faster machine', async () => {
    const { convolution, product, movedBytes, call } = speed;
    const twice = { convolution: 2 * convolution, product: 2 * product, movedBytes: 2 * movedBytes, call: call / 2 };
    const fast = await estimateRun(config, base, { speed: twice });
    expect(fast.secondsPerStep).toBeCloseTo((await estimate()).secondsPerStep / 2, 9);
  });
});
