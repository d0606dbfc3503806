import { fileRows } from '../../graph/fileWeight';
import { bytesOf } from '../../graph/memory';
import { reshape, slice } from '../../graph/operators/layout';
import { gemm } from '../../graph/operators/matrix';
import { constant, type Tensor } from '../../graph/tensor';
import type { TensorData } from '../../tensorData';
import { tileProducts } from './filtering';

/**
 * A kernel in parts of its output channels (axis 0) or its input channels (axis 1), none of which has more bytes of factors, if more than one.
 */
export function partsOf(kernel: Tensor, axis: 0 | 1, mostBytes: number): Tensor[] {
  return cuts(kernel, axis, mostBytes).map(([start, end]) => slice(kernel, axis, start, end));
}

/**
 * Parts of output channels, read where they lie in their file. Not of a kernel that is read as a whole as well: what is mapped twice counts twice in
 * a process's memory.
 */
export function partsInFile(kernel: Tensor, mostBytes: number): Tensor[] {
  return cuts(kernel, 0, mostBytes).map(([start, end]) => fileRows(kernel, start, end));
}

function cuts(kernel: Tensor, axis: 0 | 1, mostBytes: number): [start: number, end: number][] {
  const channels = kernel.dim(axis);
  const factorBytes = (bytesOf(kernel) / 9) * tileProducts;
  const length = Math.ceil(channels / Math.ceil(factorBytes / mostBytes));
  const count = Math.ceil(channels / length);
  return Array.from({ length: count }, (_, i) => [i * length, Math.min(channels, (i + 1) * length)]);
}

/**
 * [36, out, channels] of a kernel [out, channels, 3, 3].
 * @param transform [36, 9]
 */
export function factorsOf(kernel: Tensor, transform: TensorData): Tensor {
  const [out, channels] = [kernel.dim(0), kernel.dim(1)];
  const rows = reshape(kernel, [out * channels, 9]);
  return reshape(gemm(constant(transform), rows, undefined, { transB: true }), [tileProducts, out, channels]);
}
