import { add, mul } from '../graph/operators/elementwise';
import { maskGradient, reshape, transpose } from '../graph/operators/layout';
import { matMul, multiHeadAttention } from '../graph/operators/matrix';
import { softmax } from '../graph/operators/reduce';
import { constant, type Tensor } from '../graph/tensor';
import { float32 } from '../tensorData';

/** What attention computes, and its probabilities when they were asked for. */
export interface Attended {
  output: Tensor;
  /** [batch, heads, queries, keys]; only from `attend`. */
  probabilities: Tensor;
}

/** softmax(q·kᵀ/√d)·v per head in one fused kernel; q [batch, queries, width], k and v [batch, keys, width]. */
export function fusedAttention(q: Tensor, k: Tensor, v: Tensor, heads: number): Tensor {
  return multiHeadAttention(q, k, v, heads, 1 / Math.sqrt(q.dim(2) / heads));
}

/** The same written out, for the attention maps and for masks: `mask` is added to the scores [.., queries, keys]. */
export function attend(q: Tensor, k: Tensor, v: Tensor, heads: number, mask?: Tensor): Attended {
  const split = (x: Tensor, order: number[]) =>
    transpose(reshape(x, [x.dim(0), x.dim(1), heads, x.dim(2) / heads]), order);
  const scale = 1 / Math.sqrt(q.dim(2) / heads);
  const scores = matMul(mul(split(q, [0, 2, 1, 3]), scale), split(k, [0, 2, 3, 1]));
  const probabilities = softmax(mask ? add(scores, mask) : scores);
  const output = transpose(matMul(probabilities, split(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return { output: reshape(output, q.shape), probabilities };
}

/** Custom Diffusion trains no key or value of the first text position: keys [batch, positions, width] pass unchanged. */
export function stopFirstPosition(keys: Tensor): Tensor {
  const mask = float32([1, keys.dim(1), 1]);
  mask.data.fill(1, 1);
  return maskGradient(keys, constant(mask));
}
