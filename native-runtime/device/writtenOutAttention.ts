import { cast, mul } from '../graph/operators/elementwise';
import { concat, reshape, slice, transpose } from '../graph/operators/layout';
import { matMul } from '../graph/operators/matrix';
import { softmax } from '../graph/operators/reduce';
import { filled, type Tensor } from '../graph/tensor';

/** Heads of an attention, and what its scores are multiplied by. */
export interface HeadScale {
  heads: number;
  scale: number;
}

/**
 * softmax(q·kᵀ·scale)·v per head in plain operators, by blocks of queries; q [batch, queries, width], k and v
 * [batch, keys, width].
 * @param blockBytes what the scores of a block take at most, unless one query has more
 */
export function writtenOutAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, scale }: HeadScale,
  blockBytes: number,
): Tensor {
  const split = (x: Tensor, order: readonly number[]) =>
    transpose(reshape(x, [x.dim(0), x.dim(1), heads, x.dim(2) / heads]), order);
  const queries = split(mul(q, cast(filled([], scale), q.dtype)), [0, 2, 1, 3]);
  const [keys, values] = [split(k, [0, 2, 3, 1]), split(v, [0, 2, 1, 3])];
  const count = q.dim(1);
  const rowBytes = 4 * q.dim(0) * heads * k.dim(1);
  const block = Math.min(count, Math.max(1, Math.floor(blockBytes / rowBytes)));
  const outputs: Tensor[] = [];
  for (let first = 0; first < count; first += block) {
    const part = slice(queries, 2, first, Math.min(count, first + block));
    outputs.push(matMul(cast(softmax(cast(matMul(part, keys), 'float32')), v.dtype), values));
  }
  return reshape(transpose(concat(outputs, 2), [0, 2, 1, 3]), q.shape);
}
