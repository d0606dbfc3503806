import { beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedTrainConfig } from '../../../src/common/config/resolvedTrainConfig';
import type { BaseModel } from '../../../native-runtime/models/baseModel';
import { loadBaseModel } from '../../../native-runtime/models/loadBaseModel';
import { chooseRecomputation, fitRun } from '../../../native-runtime/train/fitRun';
import { inMemory } from '../../../native-runtime/train/memoryChoice';
import { stepNeeds } from '../../../native-runtime/train/stepNeeds';
import { enlarged } from '../../support/enlarged';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase, tinyConfig } from '../../support/tinyRun';

let small: BaseModel;
let base: BaseModel;
let config: ResolvedTrainConfig;
const total = (changes: Partial<ResolvedTrainConfig>, recompute: boolean) =>
  stepNeeds({ ...config, ...changes }, base, recompute).memory.total;

beforeAll(async () => {
  small = await loadBaseModel(tinyBase);
  base = enlarged(small);
  config = await tinyConfig(temporaryFolder(), { resolution: 128, instanceRows: 4, priorRows: 4 });
});

describe('blocks are computed again', () => {
  test('only when the plain step does not fit', () => {
    const plain = total({}, false);
    expect(chooseRecomputation(config, base, plain).recompute).toBe(false);
    expect(chooseRecomputation(config, base, plain - 1).recompute).toBe(true);
  });
  test('when it is asked for, and never when it is ruled out', () => {
    expect(chooseRecomputation({ ...config, recompute: 'blocks' }, base, Infinity).recompute).toBe(true);
    expect(chooseRecomputation({ ...config, recompute: 'none' }, base, 1).recompute).toBe(false);
  });
  test('never with a small model', () => {
    expect(chooseRecomputation({ ...config, recompute: 'blocks' }, small, 1).recompute).toBe(false);
  });
  test('on WebGPU only when it is asked for, with any model', () => {
    const onWebgpu = { ...config, device: 'webgpu' as const };
    expect(chooseRecomputation(onWebgpu, base, 1).recompute).toBe(false);
    expect(chooseRecomputation({ ...onWebgpu, recompute: 'blocks' }, small, Infinity).recompute).toBe(true);
  });
  test('for less memory and more work', () => {
    const [plain, again] = [false, true].map((recompute) => stepNeeds(config, base, recompute));
    expect(again!.cost.peakBytes).toBeLessThan(0.8 * plain!.cost.peakBytes);
    // What a plain step keeps got smaller: neither may grow again unseen.
    expect(plain!.cost.peakBytes).toBeLessThan(31e6);
    expect(again!.cost.peakBytes).toBeLessThan(24e6);
    expect(again!.memory.total).toBeLessThan(plain!.memory.total);
    expect(again!.cost.flops).toBeGreaterThan(1.2 * plain!.cost.flops);
    expect(again!.cost.flops).toBeLessThan(1.6 * plain!.cost.flops);
  });
});

describe('the smallest change that fits', () => {
  const half = { instanceRows: 2, priorRows: 2, gradientAccumulation: 2 };
  const quarter = { instanceRows: 1, priorRows: 1, gradientAccumulation: 4 };

  test('is none when the run fits', () => {
    expect(fitRun(config, base, total({}, false))).toMatchObject({ changes: [], recompute: false });
  });
  test('is computing blocks again before anything else', () => {
    expect(fitRun(config, base, total({}, true))).toMatchObject({ config, changes: [], recompute: true });
  });
  test('allows that where it was ruled out', () => {
    const found = fitRun({ ...config, recompute: 'none' }, base, total({}, true));
    expect(found).toMatchObject({ changes: ['recompute auto'], recompute: true });
  });
  test('is smaller batches, as many rows in a step as before', () => {
    const found = fitRun(config, base, total({}, true) - 1)!;
    expect(found.config).toMatchObject(half);
    expect(found.changes).toEqual(['instanceRows 2', 'priorRows 2', 'gradientAccumulation 2']);
  });
  test('is a lower resolution when the smallest batches are too large', () => {
    const found = fitRun(config, base, total(quarter, true) - 1)!;
    expect(found.config).toMatchObject(quarter);
    expect(found.config.resolution).toBeLessThan(128);
    expect(found.needs.memory.total).toBeLessThan(total(quarter, true));
  });
  test('is unknown when nothing fits', () => {
    expect(fitRun(config, base, 1e6)).toBeUndefined();
  });
});

describe('a run that does not fit', () => {
  test('is refused when it is to fit and no change is enough', () => {
    expect(() => inMemory(config, base, { fit: true, memory: 1e6 })).toThrow(/smaller base model/);
  });
  test('is changed when that was asked for', () => {
    const { config: changed, warnings } = inMemory(config, base, { fit: true, memory: total({}, true) - 1 });
    expect(changed.instanceRows).toBe(2);
    expect(warnings).toEqual([expect.stringContaining('changed to fit into memory: instanceRows 2')]);
  });
  test('is begun with a warning otherwise', () => {
    const { config: same, warnings } = inMemory(config, base, { memory: total({}, true) - 1 });
    expect(same).toEqual(config);
    expect(warnings).toEqual([expect.stringContaining('it fits with instanceRows 2')]);
  });
});
