import { fromFile } from '../../graph/fileWeight';
import { conv, convTranspose, type Padding } from '../../graph/operators/convolve';
import { concat, pad, reshape, slice, transpose } from '../../graph/operators/layout';
import { gemm, matMul } from '../../graph/operators/matrix';
import { reduceSum } from '../../graph/operators/reduce';
import { turnedKernel } from '../../graph/operators/turnedKernel';
import type { Tensor } from '../../graph/tensor';
import { listAttribute, rule, type Rule } from '../rule';

/**
 * From this many output cells on, rotating a file's weight in every step costs less than ConvTranspose loses: Conv runs at
 * 199 GFLOP/s there and ConvTranspose at 103, and the weights of such layers are small (docs/performance.md).
 */
const ROTATE_FROM_CELLS = 512;

/**
 * The gradient of a convolution's input. ConvTranspose takes a weight as it lies in its file, so that no second copy
 * exists; a weight that is being trained, or small beside its pictures, is rotated for the faster Conv.
 */
function inputGradient(grad: Tensor, x: Tensor, weight: Tensor, stride: number, padding: Padding): Tensor {
  const [out, channels, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  const same = stride === 1 && grad.dim(2) === x.dim(2) && grad.dim(3) === x.dim(3);
  if (same && kernelHeight * kernelWidth === 1) {
    const matrix = transpose(reshape(weight, [out, channels]), [1, 0]);
    return reshape(matMul(matrix, reshape(grad, [grad.dim(0), out, -1])), x.shape);
  }
  const inFile = fromFile(weight);
  if (!same || (inFile && grad.dim(2) * grad.dim(3) < ROTATE_FROM_CELLS))
    return convTranspose(grad, weight, x.dim(2), x.dim(3), { stride, padding });
  const [top, left, bottom, right] = padding;
  return conv(grad, turnedKernel(weight), undefined, {
    padding: [kernelHeight - 1 - top, kernelWidth - 1 - left, kernelHeight - 1 - bottom, kernelWidth - 1 - right],
  });
}

/** The gradient of a convolution's weight: one matrix product per kernel position over shifted views of the input. */
function weightGradient(grad: Tensor, x: Tensor, weight: Tensor, stride: number, padding: Padding): Tensor {
  const [out, channels, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  const [top, left, bottom, right] = padding;
  const padded = transpose(pad(x, [0, 0, top, left], [0, 0, bottom, right]), [1, 0, 2, 3]);
  const { gradRows, view } = stride === 1 ? flatViews(grad, padded) : stridedViews(grad, padded, stride);
  const positions: Tensor[] = [];
  for (let i = 0; i < kernelHeight; i++)
    for (let j = 0; j < kernelWidth; j++) {
      const product = gemm(gradRows, view(i, j), undefined, { transB: true });
      positions.push(reshape(product, [out, channels, 1]));
    }
  return reshape(concat(positions, 2), weight.shape);
}

/** The output gradient as rows [out, cells], and what kernel position (i, j) saw of the input, [channels, cells]. */
interface Views {
  gradRows: Tensor;
  view: (i: number, j: number) => Tensor;
}

/**
 * At stride 1 a kernel position is an offset into the padded input laid out flat, once the gradient has the same row
 * length (its extra cells are zero). Slices of one long axis copy several times faster than slices of picture rows.
 */
function flatViews(grad: Tensor, padded: Tensor): Views {
  const [channels, batch, height, width] = padded.shape as [number, number, number, number];
  const [gapHeight, gapWidth] = [height - grad.dim(2), width - grad.dim(3)];
  const cells = batch * height * width - gapHeight * width - gapWidth;
  const spread = transpose(pad(grad, [0, 0, 0, 0], [0, 0, gapHeight, gapWidth]), [1, 0, 2, 3]);
  const rows = reshape(padded, [channels, -1]);
  return {
    gradRows: slice(reshape(spread, [grad.dim(1), -1]), 1, 0, cells),
    view: (i, j) => slice(rows, 1, i * width + j, i * width + j + cells),
  };
}

function stridedViews(grad: Tensor, padded: Tensor, stride: number): Views {
  const [height, width] = [grad.dim(2), grad.dim(3)];
  return {
    gradRows: reshape(transpose(grad, [1, 0, 2, 3]), [grad.dim(1), -1]),
    view: (i, j) => {
      const rows = slice(padded, 2, i, i + (height - 1) * stride + 1, stride);
      return reshape(slice(rows, 3, j, j + (width - 1) * stride + 1, stride), [padded.dim(0), -1]);
    },
  };
}

/** Rules of convolutions. */
export const convolveRules: Record<string, Rule> = {
  Conv: rule(({ node, inputs: [x, weight, bias], grad }) => {
    const padding = listAttribute(node, 'pads') as unknown as Padding;
    const stride = listAttribute(node, 'strides')[0]!;
    return [
      () => inputGradient(grad, x!, weight!, stride, padding),
      () => weightGradient(grad, x!, weight!, stride, padding),
      ...(bias ? [() => reduceSum(grad, [0, 2, 3])] : []),
    ];
  }),
};
