import { reshape, transpose } from '../../graph/operators/layout';
import { gemm, matMul } from '../../graph/operators/matrix';
import type { Tensor } from '../../graph/tensor';
import { floatAttribute, integerAttribute, rule, type Rule } from '../rule';
import { attentionGradients, softmaxGradient, swapLast } from './attention';
import { unbroadcast } from './elementwise';

/** [batch, positions, width] → [batch · heads, positions, width / heads]. */
function splitHeads(x: Tensor, heads: number): Tensor {
  const apart = transpose(reshape(x, [x.dim(0), x.dim(1), heads, x.dim(2) / heads]), [0, 2, 1, 3]);
  // Told in full, so that scores are written over in place.
  return reshape(apart, [x.dim(0) * heads, x.dim(1), x.dim(2) / heads], true);
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
  MultiHeadAttention: rule(({ node, inputs, output, grad }) => {
    const heads = integerAttribute(node, 'num_heads');
    const split = [...inputs, output, grad].map((x) => splitHeads(x, heads)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    let shared: [Tensor, Tensor, Tensor] | undefined;
    const all = () => (shared ??= attentionGradients(split, floatAttribute(node, 'scale')));
    return [0, 1, 2].map((i) => (x) => joinHeads(reshape(all()[i]!, [x.dim(0), heads, x.dim(1), -1])));
  }),
};
