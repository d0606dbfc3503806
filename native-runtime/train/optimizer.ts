import { abs, add, cast, div, less, maximum, minimum, mul, sqrt, sub, where } from '../graph/operators/elementwise';
import { reduceSum } from '../graph/operators/reduce';
import { filled, input, type Tensor } from '../graph/tensor';

/** AdamW's constants. `clip` is the largest global gradient norm; 0 turns clipping off. */
export interface OptimizerSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  clip: number;
}

/** No second moment lies below, far under any meaningful one: denormals are a hundred times slower. */
export const smallestMoment = 1e-36;

/** PyTorch's defaults, without clipping. */
export const defaultOptimizer: OptimizerSettings = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 1e-2,
  clip: 0,
};

/** A tensor being trained: its name, its value (a graph input named `weight.<name>`) and its gradient. */
export interface Trainable {
  name: string;
  value: Tensor;
  gradient: Tensor;
  /** The graph input its learning rate comes from. */
  learningRate: 'learningRate' | 'modifierLearningRate';
}

/** The graph input that stands for a trained tensor. */
export function trainableInput(name: string, shape: readonly number[]): Tensor {
  return input(`weight.${name}`, shape);
}

/** The host's share of Adam: 1 − βᵗ for both moments at step t (from 1). */
export function biasCorrections(
  settings: OptimizerSettings,
  step: number,
): { correction1: number; correction2: number } {
  return { correction1: 1 - settings.beta1 ** step, correction2: 1 - settings.beta2 ** step };
}

/**
 * One AdamW update (Loshchilov & Hutter, 2019; decoupled decay, bias corrected) with global norm clipping. Reads
 * `m.<name>`, `v.<name>`, `learningRate`, `correction1`, `correction2`; gives `next.weight.*`, `next.m.*`, `next.v.*`, the
 * `gradientNorm` before clipping, and `applied`: 0 when the loss or norm is not finite, and then nothing changes.
 */
export function adamW(
  loss: Tensor,
  trainables: readonly Trainable[],
  settings: OptimizerSettings,
): Record<string, Tensor> {
  const norm = globalNorm(trainables.map((t) => t.gradient));
  const finite = less(add(abs(loss), norm), 3e38);
  const applied = cast(finite, 'float32');
  const [correction1, correction2] = [input('correction1', []), input('correction2', [])];
  const scale = settings.clip > 0 ? minimum(div(filled([], settings.clip), add(norm, 1e-6)), 1) : undefined;
  const rate1 = mul(applied, 1 - settings.beta1);
  const rate2 = mul(applied, 1 - settings.beta2);
  const outputs: Record<string, Tensor> = { gradientNorm: norm, applied };
  for (const { name, value, gradient, learningRate } of trainables) {
    const clipped = scale ? mul(gradient, scale) : gradient;
    // With the rates at zero a non-finite step is an exact no-op, once the gradient itself is replaced.
    const g = where(finite, clipped, filled([], 0));
    const [m, v] = [input(`m.${name}`, value.shape), input(`v.${name}`, value.shape)];
    const nextM = add(m, mul(sub(g, m), rate1));
    const nextV = maximum(add(v, mul(sub(mul(g, g), v), rate2)), smallestMoment);
    const rate = mul(input(learningRate, []), applied);
    const denominator = add(mul(sqrt(nextV), div(filled([], 1), sqrt(correction2))), settings.epsilon);
    const update = div(mul(nextM, div(rate, correction1)), denominator);
    outputs[`next.weight.${name}`] = sub(mul(value, sub(1, mul(rate, settings.weightDecay))), update);
    outputs[`next.m.${name}`] = nextM;
    outputs[`next.v.${name}`] = nextV;
  }
  return outputs;
}

/** √ of the sum of squares of all gradients. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) =>
    reduceSum(
      mul(g, g),
      g.shape.map((_, axis) => axis),
    ),
  );
  return sqrt(squares.reduce((sum, square) => add(sum, square)));
}
