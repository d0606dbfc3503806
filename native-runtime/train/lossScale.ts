import type { Values } from '../device/session';
import { abs, add, cast, div, less, maximum, minimum, mul, sub, where } from '../graph/operators/elementwise';
import { filled, input, type Tensor } from '../graph/tensor';
import { float32 } from '../tensorData';

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

/** The scale between two steps. It is not part of a checkpoint: a run that goes on finds it again within a few steps. */
export interface LossScaleMemory {
  lossScale: number;
  lossScaleAge: number;
}

/** The scale before the first step. */
export function freshLossScale(): LossScaleMemory {
  return { lossScale: defaultLossScale.start, lossScaleAge: 0 };
}

/** The inputs of a single step that carry the scale. */
export function lossScaleFeeds({ lossScale, lossScaleAge }: LossScaleMemory): Values {
  return { [scaleState.scale]: float32([], [lossScale]), [scaleState.age]: float32([], [lossScaleAge]) };
}

/** Takes over what a single step in mixed precision gave as the next scale. */
export function takeLossScale(memory: LossScaleMemory, results: Values): void {
  const [scale, age] = [results[`next.${scaleState.scale}`], results[`next.${scaleState.age}`]];
  if (scale) memory.lossScale = Number(scale.data[0]);
  if (age) memory.lossScaleAge = Number(age.data[0]);
}

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
