import { mul, neg } from '../../graph/operators/elementwise';
import { concat, reshape, transpose } from '../../graph/operators/layout';
import { gemm, matMul } from '../../graph/operators/matrix';
import { reduceSum, softmax } from '../../graph/operators/reduce';
import { filled, type Tensor } from '../../graph/tensor';
import { floatAttribute, integerAttribute, rule, type Rule, type ScoreBytes } from '../rule';
import { attentionGradients, needsSlices, softmaxGradient, swapLast, type AttentionParts } from './attention';
import { unbroadcast } from './elementwise';

/** [batch, positions, width] → [batch, heads, positions, width / heads]. */
function splitHeads(x: Tensor, heads: number): Tensor {
  return transpose(reshape(x, [x.dim(0), x.dim(1), heads, x.dim(2) / heads]), [0, 2, 1, 3]);
}

const joinHeads = (x: Tensor) => reshape(transpose(x, [0, 2, 1, 3]), [x.dim(0), x.dim(2), x.dim(1) * x.dim(3)]);

/** Rules of matrix products and attention. */
export const matrixRules: Record<string, Rule> = {
  MatMul: rule(({ inputs: [a, b], grad }) => [
    (x) => unbroadcast(matMul(grad, swapLast(b!)), x),
    (x) => unbroadcast(matMul(swapLast(a!), grad), x),
  ]),
  Gemm: rule(({ node, inputs: [a, b, c], grad }) => {
    const transA = integerAttribute(node, 'transA') === 1;
    const transB = integerAttribute(node, 'transB') === 1;
    return [
      () =>
        transA
          ? gemm(b!, grad, undefined, { transA: transB, transB: true })
          : gemm(grad, b!, undefined, { transB: !transB }),
      () =>
        transB
          ? gemm(grad, a!, undefined, { transA: true, transB: transA })
          : gemm(a!, grad, undefined, { transA: !transA }),
      ...(c ? [(x: Tensor) => unbroadcast(grad, x)] : []),
    ];
  }),
  Softmax: rule(({ output, grad }) => [() => softmaxGradient(output, grad)]),
  // The probabilities are computed again: keeping them would be the largest tensor of the whole step.
  MultiHeadAttention: rule(({ node, inputs, output, grad, scores: limits }) => {
    const heads = integerAttribute(node, 'num_heads');
    const scale = floatAttribute(node, 'scale');
    const [q, k, v] = inputs.map((x) => splitHeads(x, heads)) as [Tensor, Tensor, Tensor];
    const gradOut = splitHeads(grad, heads);
    if (needsSlices(q, k, limits)) return sliced([q, k, v, splitHeads(output, heads), gradOut], scale, limits);
    const probabilities = softmax(matMul(mul(q, scale), swapLast(k)));
    const scores = () => {
      if (k.dim(2) <= v.dim(3)) return softmaxGradient(probabilities, matMul(gradOut, swapLast(v)));
      // rowsum(dP∘P) = rowsum(dO∘O): with many keys the outputs are the smaller tensors. As one more column of the
      // product dO·Vᵀ it is subtracted without a pass over all scores.
      const sums = neg(reduceSum(mul(gradOut, splitHeads(output, heads)), [-1], true));
      const ones = filled([...v.shape.slice(0, 3), 1], 1, v.dtype);
      return mul(probabilities, matMul(concat([gradOut, sums], 3), swapLast(concat([v, ones], 3))));
    };
    let shared: Tensor | undefined;
    const gradScores = () => (shared ??= scores());
    return [
      () => joinHeads(mul(matMul(gradScores(), k), scale)),
      () => joinHeads(mul(matMul(swapLast(gradScores()), q), scale)),
      () => joinHeads(matMul(swapLast(probabilities), gradOut)),
    ];
  }),
};

/** The gradients of an attention with too many scores for one tensor. */
function sliced(parts: AttentionParts, scale: number, limits: ScoreBytes): ReturnType<Rule> {
  const [batch, heads] = parts[0].shape as [number, number];
  const flat = parts.map((x) => reshape(x, [batch * heads, x.dim(2), x.dim(3)])) as unknown as AttentionParts;
  let shared: [Tensor, Tensor, Tensor] | undefined;
  const all = () => (shared ??= attentionGradients(flat, scale, limits));
  return [0, 1, 2].map((i) => (x: Tensor) => joinHeads(reshape(all()[i]!, [batch, heads, x.dim(1), -1])));
}
