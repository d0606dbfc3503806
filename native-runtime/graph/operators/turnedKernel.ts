import { float32 } from '../../tensorData';
import { constant, type Tensor } from '../tensor';
import { cast } from './elementwise';
import { reshape, transpose } from './layout';
import { gemm } from './matrix';

/** Which kernels were turned. */
const turnedFrom = new WeakMap<Tensor, Tensor>();

/**
 * The kernel of a convolution's input gradient: [in, out, height, width] of [out, in, height, width], turned by half a circle. It is turned by a
 * product with a permutation, which is exact: read backwards by Slice, each number takes 4 ns.
 */
export function turnedKernel(weight: Tensor): Tensor {
  const positions = weight.dim(2) * weight.dim(3);
  const reversal = new Float32Array(positions * positions);
  for (let i = 0; i < positions; i++) reversal[i * positions + positions - 1 - i] = 1;
  const rows = reshape(weight, [-1, positions]);
  const turned = gemm(rows, cast(constant(float32([positions, positions], reversal)), weight.dtype));
  const kernel = transpose(reshape(turned, weight.shape), [1, 0, 2, 3]);
  turnedFrom.set(kernel, weight);
  return kernel;
}

/** The kernel that was turned to make this one. */
export function turnedKernelOf(kernel: Tensor): Tensor | undefined {
  return turnedFrom.get(kernel);
}
