import { add, mul, neg, sub } from '../../graph/operators/elementwise';
import { concat, slice, transpose } from '../../graph/operators/layout';
import { matMul } from '../../graph/operators/matrix';
import { after, readiness } from '../../graph/operators/order';
import { reduceSum, softmax } from '../../graph/operators/reduce';
import { filled, type Tensor } from '../../graph/tensor';
import { bytesPerElement, elementCount } from '../../tensorData';
import type { ScoreBytes } from '../rule';

/** Whether all scores of queries and keys [..., positions, width] at once would be too large a tensor. */
export function needsSlices(q: Tensor, k: Tensor, { sliced }: ScoreBytes): boolean {
  return (elementCount(q.shape) / q.dim(-1)) * k.dim(-2) * bytesPerElement(q.dtype) >= sliced;
}

/** Exchanges the last two axes. */
export const swapLast = (x: Tensor) =>
  transpose(x, [...Array.from({ length: x.rank - 2 }, (_, i) => i), x.rank - 1, x.rank - 2]);

/** Queries, keys, values, outputs and the outputs' gradient of an attention, each [heads of all rows, positions, width of a head]. */
export type AttentionParts = readonly [q: Tensor, k: Tensor, v: Tensor, output: Tensor, grad: Tensor];

/**
 * The gradients of queries, keys and values, from scores that are computed again for some heads at a time, and for some queries at
 * a time where one head has too many.
 */
export function attentionGradients(
  parts: AttentionParts,
  scale: number,
  limits: Omit<ScoreBytes, 'sliced'>,
): [Tensor, Tensor, Tensor] {
  const [q, k] = parts;
  const { heads, queries } = slicesOf(q.dim(0), q.dim(1), k.dim(1) * bytesPerElement(q.dtype), limits);
  const done: [Tensor[], Tensor[], Tensor[]] = [[], [], []];
  let last: Tensor[] = [];
  for (let head = 0; head < q.dim(0); head += heads) {
    const ofHeads = parts.map((x) => slice(x, 0, head, head + heads)) as unknown as AttentionParts;
    const [dq, dk, dv] = inQueries(ofHeads, scale, queries, last);
    last = [dq, dk, dv];
    last.forEach((x, i) => done[i]!.push(x));
  }
  return done.map((slices) => concat(slices, 0)) as [Tensor, Tensor, Tensor];
}

/** More slices than these make a graph slow to compile; where they would not do, slices are larger. */
const mostSlices = 64;

/** How many heads, and how many queries of each, make one slice: whole parts of all. */
export function slicesOf(heads: number, queries: number, bytesOfQuery: number, limits: Omit<ScoreBytes, 'sliced'>) {
  const sliceBytes = Math.min(
    limits.most ?? limits.slice,
    Math.max(limits.slice, (heads * queries * bytesOfQuery) / mostSlices),
  );
  const largestPart = (count: number, bytes: number) => {
    let parts = Math.min(count, Math.max(1, Math.ceil((count * bytes) / sliceBytes)));
    while (count % parts) parts++;
    return count / parts;
  };
  return { heads: largestPart(heads, queries * bytesOfQuery), queries: largestPart(queries, bytesOfQuery) };
}

/** Of some heads, slice by slice of the queries: keys and values gather what all queries give them. */
function inQueries([q, k, v, output, grad]: AttentionParts, scale: number, count: number, before: Tensor[]) {
  const gradients: Tensor[] = [];
  let [dk, dv, last]: [Tensor | undefined, Tensor | undefined, Tensor[]] = [undefined, undefined, before];
  for (let start = 0; start < q.dim(1); start += count) {
    const part = (x: Tensor) => slice(x, 1, start, start + count);
    // One slice after the other, or a runtime would make all scores before it uses any.
    const ready = last.length ? readiness(last) : undefined;
    const gated = (x: Tensor) => (ready ? after(x, ready) : x);
    const [queries, gradOut] = [gated(part(q)), gated(part(grad))];
    const slopes = oneSlice([queries, k, v, part(output), gradOut], scale);
    gradients.push(slopes[0]);
    dk = dk ? add(dk, slopes[1]) : slopes[1];
    dv = dv ? add(dv, slopes[2]) : slopes[2];
    last = [slopes[0], dk, dv];
  }
  return [concat(gradients, 1), dk!, dv!] as const;
}

function oneSlice([q, k, v, output, grad]: AttentionParts, scale: number): [Tensor, Tensor, Tensor] {
  const probabilities = softmax(matMul(mul(q, scale), swapLast(k)));
  const scores = () => {
    if (k.dim(1) <= v.dim(2)) return softmaxGradient(probabilities, matMul(grad, swapLast(v)));
    // rowsum(dP∘P) = rowsum(dO∘O): with many keys the outputs are the smaller tensors. As one more column of the
    // product dO·Vᵀ it is subtracted without a pass over all scores.
    const sums = neg(reduceSum(mul(grad, output), [-1], true));
    const ones = filled([...v.shape.slice(0, 2), 1], 1, v.dtype);
    return mul(probabilities, matMul(concat([grad, sums], 2), swapLast(concat([v, ones], 2))));
  };
  // The small operand is transposed, and the small result, not the scores.
  const dv = swapLast(matMul(swapLast(grad), probabilities));
  const gradScores = scores();
  return [mul(matMul(gradScores, k), scale), swapLast(matMul(swapLast(mul(q, scale)), gradScores)), dv];
}

/** The gradient of softmax's input. */
export function softmaxGradient(probabilities: Tensor, grad: Tensor): Tensor {
  return mul(probabilities, sub(grad, reduceSum(mul(grad, probabilities), [-1], true)));
}
