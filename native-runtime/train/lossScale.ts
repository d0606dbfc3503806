import { abs, add, cast, div, less, maximum, minimum, mul, sub, where } from '../graph/operators/elementwise';
import { filled, input, type Tensor } from '../graph/tensor';

/** How the scale of the loss follows what 16 bits can hold. */
export interface LossScaleSettings {
  start: number;
  largest: number;
  /** Updates in a row after which the scale is doubled. */
  patience: number;
}

/** Starts where gradients of diffusion models fit, and rises when they have room. */
export const defaultLossScale: LossScaleSettings = { start: 2 ** 12, largest: 2 ** 24, patience: 200 };

/** The inputs that carry the scale and how many updates it has held. */
export const scaleState = { scale: 'lossScale', age: 'lossScaleAge' } as const;

/** The scale as a graph input. The loss is multiplied by it before gradients are taken. */
export function lossScaleInput(): Tensor {
  return input(scaleState.scale, []);
}

/** Gradients of the loss itself, from those of the scaled loss; in 32 bits, where both fit. */
export function unscaled(gradient: Tensor): Tensor {
  return mul(gradient, div(filled([], 1), lossScaleInput()));
}

/**
 * The next scale and its age: halved by a step that was not finite, doubled after enough updates in a row. `overflow` is 1 for a step
 * whose loss was finite but whose gradients were not, when a smaller scale may help: such a step is repeated by none, but is no failure.
 */
export function nextLossScale(
  loss: Tensor,
  applied: Tensor,
  { largest, patience }: LossScaleSettings,
): { outputs: Record<string, Tensor>; overflow: Tensor } {
  const scale = lossScaleInput();
  const age = add(input(scaleState.age, []), 1);
  const isRipe = less(filled([], patience - 0.5), age);
  const grown = where(isRipe, minimum(mul(scale, 2), largest), scale);
  const wasApplied = less(filled([], 0.5), applied);
  const canShrink = cast(less(filled([], 1), scale), 'float32');
  const finiteLoss = cast(less(abs(loss), 3e38), 'float32');
  return {
    outputs: {
      [`next.${scaleState.scale}`]: where(wasApplied, grown, maximum(mul(scale, 0.5), 1)),
      [`next.${scaleState.age}`]: mul(mul(age, applied), sub(1, cast(isRipe, 'float32'))),
    },
    overflow: mul(mul(canShrink, finiteLoss), sub(1, applied)),
  };
}
