import { fileRows, fromFile } from '../graph/fileWeight';
import { conv, type Padding } from '../graph/operators/convolve';
import { add, gelu, mul, quickGelu } from '../graph/operators/elementwise';
import { reshape, split, transpose } from '../graph/operators/layout';
import { gemm } from '../graph/operators/matrix';
import { layerNormalization } from '../graph/operators/normalise';
import { filled, type Tensor } from '../graph/tensor';
import type { Weights } from './weights';

/** x [..., in] · weightᵀ + bias: `<name>.weight` [out, in], `<name>.bias` [out]. */
export function linear(x: Tensor, weights: Weights, name: string, out: number, bias = true): Tensor {
  const inner = x.dim(-1);
  const weight = weights(`${name}.weight`, [out, inner]);
  const rows = gemm(reshape(x, [-1, inner]), weight, bias ? weights(`${name}.bias`, [out]) : undefined, {
    transB: true,
  });
  return reshape(rows, [...x.shape.slice(0, -1), out]);
}

/** A square convolution with bias: `<name>.weight` [out, in, kernel, kernel]. Padding defaults to "same" at stride 1. */
export function conv2d(
  x: Tensor,
  weights: Weights,
  name: string,
  out: number,
  kernel: number,
  stride = 1,
  padding?: Padding,
): Tensor {
  const edge = (kernel - 1) >> 1;
  return conv(x, weights(`${name}.weight`, [out, x.dim(1), kernel, kernel]), weights(`${name}.bias`, [out]), {
    stride,
    padding: padding ?? [edge, edge, edge, edge],
  });
}

/** Group normalisation (Wu & He, 2018) of [batch, channels, height, width], then a gain and bias per channel. */
export function groupNorm(x: Tensor, weights: Weights, name: string, groups: number, epsilon: number): Tensor {
  const channels = x.dim(1);
  // One layer normalisation per group: the fastest form on every device, and it yields what the gradient needs.
  const grouped = reshape(x, [x.dim(0), groups, -1]);
  const { output } = layerNormalization(grouped, filled([grouped.dim(2)], 1), undefined, epsilon);
  const gain = reshape(weights(`${name}.weight`, [channels]), [channels, 1, 1]);
  const bias = reshape(weights(`${name}.bias`, [channels]), [channels, 1, 1]);
  return add(mul(reshape(output, x.shape), gain), bias);
}

/** Layer normalisation over the last axis with gain and bias. */
export function layerNorm(x: Tensor, weights: Weights, name: string, epsilon = 1e-5): Tensor {
  const width = [x.dim(-1)];
  return layerNormalization(x, weights(`${name}.weight`, width), weights(`${name}.bias`, width), epsilon).output;
}

/** x · sigmoid(x). */
export const silu = (x: Tensor) => quickGelu(x, 1);

/** The gated feed-forward layer of a transformer block: half of the projection times the GELU of the other half. */
export function geglu(x: Tensor, weights: Weights, name: string, inner: number): Tensor {
  const [hidden, gate] = projectedHalves(x, weights, name, inner);
  return mul(hidden, gelu(gate));
}

/**
 * The halves of a projection [..., in] → [..., 2 · inner]. Where the weight lies in a file, each is a product with half of it: neither the
 * results nor their gradients are copied apart or together.
 */
function projectedHalves(x: Tensor, weights: Weights, name: string, inner: number): [Tensor, Tensor] {
  const weight = weights(`${name}.weight`, [2 * inner, x.dim(-1)]);
  const bias = weights(`${name}.bias`, [2 * inner]);
  if (!fromFile(weight) || !fromFile(bias))
    return split(linear(x, weights, name, inner * 2), -1, 2) as [Tensor, Tensor];
  const rows = reshape(x, [-1, x.dim(-1)]);
  const half = (start: number) => {
    const [w, b] = [weight, bias].map((whole) => fileRows(whole, start, start + inner)) as [Tensor, Tensor];
    return reshape(gemm(rows, w, b, { transB: true }), [...x.shape.slice(0, -1), inner]);
  };
  return [half(0), half(inner)];
}

/** [batch, channels, height, width] → [batch, height · width, channels]. */
export function toTokens(x: Tensor): Tensor {
  return transpose(reshape(x, [x.dim(0), x.dim(1), -1]), [0, 2, 1]);
}

/** [batch, height · width, channels] → [batch, channels, height, width]. */
export function toPicture(x: Tensor, height: number, width: number): Tensor {
  return reshape(transpose(x, [0, 2, 1]), [x.dim(0), x.dim(2), height, width]);
}
