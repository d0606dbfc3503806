import { expect, it } from 'vitest';
import { rateFactor } from '../../../native-runtime/train/learningRate';

it.each([
  ['constant', [0.25, 0.5, 0.75, 1, 1, 1, 1, 1]],
  ['linear', [0.25, 0.5, 0.75, 1, 0.8, 0.6, 0.4, 0.2]],
  ['cosine', [0.25, 0.5, 0.75, 1, 0.904508, 0.654508, 0.345492, 0.095492]],
] as const)('the course "%s" after three steps of warm-up', (schedule, expected) => {
  const factors = expected.map((_, step) => rateFactor({ schedule, warmupSteps: 3, steps: 8 }, step));
  factors.forEach((factor, i) => expect(factor).toBeCloseTo(expected[i]!, 6));
});
