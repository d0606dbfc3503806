import { add } from '../../graph/operators/elementwise';
import { reshape, transpose } from '../../graph/operators/layout';
import { gemm } from '../../graph/operators/matrix';
import { apply1, constant, type Tensor } from '../../graph/tensor';
import { float32, type TensorData } from '../../tensorData';
import type { Convolution } from './winogradConv';

/** The nine places of a kernel, and each as a kernel of a convolution in space: [9, 1, 1, 3, 3]. */
const places = 9;
const eachPlace = float32(
  [places, 1, 1, 3, 3],
  Float32Array.from({ length: places ** 2 }, (_, i) => +(i % (places + 1) === 0)),
);

/**
 * A 3×3 convolution with one cell of zeros around the pictures, as one product for all of them: its kernel is read once, not once for each
 * picture. [batch, out, height, width]
 */
export function productConv({ x, kernel, bias }: Convolution): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [out, cells] = [kernel.dim(0), batch * height * width];
  const deep = reshape(transpose(x, [1, 0, 2, 3]), [1, 1, channels * batch, height, width]);
  const shifted = apply1('Conv', [deep, constant(eachPlace)], [1, places, channels * batch, height, width], {
    kernel_shape: [1, 3, 3],
    strides: [1, 1, 1],
    pads: [0, 1, 1, 0, 1, 1],
  });
  const columns = transpose(reshape(shifted, [places, channels, cells]), [1, 0, 2]);
  const product = gemm(reshape(kernel, [out, channels * places]), reshape(columns, [channels * places, cells]));
  const sum = bias ? add(product, reshape(bias, [out, 1])) : product;
  return transpose(reshape(sum, [out, batch, height, width]), [1, 0, 2, 3]);
}

/**
 * The gradient of its input in the same way: [batch, channels, height, width] of the gradient of its result, [batch, out, height, width]. A second
 * product adds up what each place of the kernel gives each cell.
 */
export function productGradient(grad: Tensor, kernel: Tensor): Tensor {
  const [batch, out, height, width] = grad.shape as [number, number, number, number];
  const [channels, cells] = [kernel.dim(1), batch * height * width];
  const rows = reshape(transpose(grad, [1, 0, 2, 3]), [out, cells]);
  const perPlace = gemm(reshape(kernel, [out, channels * places]), rows, undefined, { transA: true });
  const sums = gemm(reshape(perPlace, [channels, places * cells]), constant(addition(batch, height, width)));
  return transpose(reshape(sums, [channels, batch, height, width]), [1, 0, 2, 3]);
}

/** Which cell of the input each place of the kernel reaches from each cell of the result: [9 · cells, cells] of ones and zeros. */
function addition(batch: number, height: number, width: number): TensorData {
  const cells = batch * height * width;
  const matrix = new Float32Array(places * cells * cells);
  for (let place = 0; place < places; place++)
    for (let cell = 0; cell < cells; cell++) {
      const [row, column] = [Math.floor((cell % (height * width)) / width), cell % width];
      const [toRow, toColumn] = [row + Math.floor(place / 3) - 1, column + (place % 3) - 1];
      if (toRow < 0 || toRow >= height || toColumn < 0 || toColumn >= width) continue;
      const reached = cell + (toRow - row) * width + toColumn - column;
      matrix[(place * cells + cell) * cells + reached] = 1;
    }
  return float32([places * cells, cells], matrix);
}
