import { apply1, type Tensor } from '../tensor';
import { broadcastShape } from '../broadcast';

/** Matrix product of the last two axes, leading axes broadcast. Both of rank 2 or more. */
export function matMul(a: Tensor, b: Tensor): Tensor {
  if (a.rank < 2 || b.rank < 2 || a.dim(-1) !== b.dim(-2))
    throw new RangeError(`matMul of [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  const leading = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return apply1('MatMul', [a, b], [...leading, a.dim(-2), b.dim(-1)]);
}

/** Which operands of `gemm` are used transposed. */
export interface GemmOptions {
  transA?: boolean;
  transB?: boolean;
}

/** op(a) · op(b) + c for matrices; c, optional, repeats to [rows, columns]. Transposed operands cost no copy. */
export function gemm(a: Tensor, b: Tensor, c?: Tensor, { transA = false, transB = false }: GemmOptions = {}): Tensor {
  const [rows, inner] = transA ? [a.dim(1), a.dim(0)] : [a.dim(0), a.dim(1)];
  const [innerB, columns] = transB ? [b.dim(1), b.dim(0)] : [b.dim(0), b.dim(1)];
  if (a.rank !== 2 || b.rank !== 2 || inner !== innerB)
    throw new RangeError(`gemm of [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  if (c && broadcastShape(c.shape, [rows, columns]).join() !== [rows, columns].join())
    throw new RangeError(`gemm: [${c.shape.join(', ')}] added to [${rows}, ${columns}]`);
  const attributes = { transA: Number(transA), transB: Number(transB) };
  return apply1('Gemm', c ? [a, b, c] : [a, b], [rows, columns], attributes);
}

/**
 * softmax(q·kᵀ·scale)·v per head, without keeping the probabilities: q [batch, queries, width], k and v
 * [batch, keys, width], all heads side by side in `width`. One fused kernel.
 */
export function multiHeadAttention(q: Tensor, k: Tensor, v: Tensor, heads: number, scale: number): Tensor {
  const fits = k.rank === 3 && k.dim(0) === q.dim(0) && k.dim(2) === q.dim(2) && k.shape.join() === v.shape.join();
  if (q.rank !== 3 || !fits || q.dim(2) % heads !== 0)
    throw new RangeError(
      `attention of ${heads} heads over [${q.shape.join(', ')}], [${k.shape.join(', ')}] and [${v.shape.join(', ')}]`,
    );
  const attributes = { num_heads: heads, scale: { float: scale } };
  return apply1('MultiHeadAttention', [q, k, v], q.shape, attributes, 'com.microsoft');
}
