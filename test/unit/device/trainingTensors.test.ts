import { describe, expect, it } from 'vitest';
import { largestTensor } from '../../../native-runtime/device/deviceLimits';
import { bindableBytes, scoreBytes } from '../../../native-runtime/device/scoreBytes';
import { forWebgpu } from '../../../native-runtime/device/webgpuGraph';
import { adamW, defaultOptimizer } from '../../../native-runtime/train/optimizer';
import { lossAndGradients, type StepOptions } from '../../../native-runtime/train/stepGraph';
import { publishedBase } from '../../support/publishedBase';

const options: StepOptions = {
  selection: 'crossattn-kv',
  modifiers: 1,
  optimizer: defaultOptimizer,
  accumulation: 1,
  instanceRows: 1,
  priorLossWeight: 1,
  weighting: 'paper',
};

/** The tensors of a training step at full size, as a device gets them. */
function trainingStep(
  family: 'Stable Diffusion 1.x' | 'Stable Diffusion 2.x' | 'SDXL',
  cells: number,
  changes: Partial<StepOptions>,
) {
  const all = { ...options, ...changes };
  const shape = { rows: 1, height: cells, width: cells };
  const { loss, rowLosses, trainables } = lossAndGradients(publishedBase(family), shape, all);
  return { loss, rowLosses, ...adamW(loss, trainables, all.optimizer) };
}

describe('a training step on WebGPU', () => {
  it.each([
    ['Stable Diffusion 1.x', 64, 'crossattn-kv'],
    ['Stable Diffusion 1.x', 64, 'self-crossattn'],
    ['Stable Diffusion 2.x', 96, 'crossattn-kv'],
    ['SDXL', 128, 'crossattn-kv'],
  ] as const)(
    'of %s with %i cells a side, %s, has no tensor that an adapter may refuse',
    (family, cells, selection) => {
      const step = trainingStep(family, cells, { selection, scores: scoreBytes('webgpu') });
      expect(largestTensor(Object.values(forWebgpu(step)))).toBeLessThanOrEqual(bindableBytes);
    },
  );

  it('would have larger ones without slices', () => {
    const step = trainingStep('Stable Diffusion 1.x', 64, { scores: { sliced: Infinity, slice: Infinity } });
    expect(largestTensor(Object.values(forWebgpu(step)))).toBe(4 * 8 * 4096 ** 2);
  });
});
