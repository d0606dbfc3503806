import { apply1, type Tensor } from '../tensor';

/** Zeros around the picture: top, left, bottom, right. */
export type Padding = readonly [top: number, left: number, bottom: number, right: number];

/** Stride (both axes) and padding of a convolution. */
export interface ConvOptions {
  stride?: number;
  padding?: Padding;
}

/** 2-D convolution: x [batch, in, height, width], weight [out, in, kernel, kernel], bias [out]. */
export function conv(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: ConvOptions = {}): Tensor {
  const { stride = 1, padding = [0, 0, 0, 0] } = options;
  if (x.rank !== 4 || weight.rank !== 4 || x.dim(1) !== weight.dim(1))
    throw new RangeError(`conv of [${x.shape.join(', ')}] with [${weight.shape.join(', ')}]`);
  const [kernelHeight, kernelWidth] = [weight.dim(2), weight.dim(3)];
  const height = Math.floor((x.dim(2) + padding[0] + padding[2] - kernelHeight) / stride) + 1;
  const width = Math.floor((x.dim(3) + padding[1] + padding[3] - kernelWidth) / stride) + 1;
  if (height < 1 || width < 1 || (bias && bias.shape.join() !== String(weight.dim(0))))
    throw new RangeError(`conv of [${x.shape.join(', ')}] with [${weight.shape.join(', ')}] and its bias`);
  const attributes = { kernel_shape: [kernelHeight, kernelWidth], strides: [stride, stride], pads: [...padding] };
  return apply1('Conv', bias ? [x, weight, bias] : [x, weight], [x.dim(0), weight.dim(0), height, width], attributes);
}

/**
 * The transpose of `conv` as a linear map: y [batch, out, …] with weight [out, in, kernel, kernel] gives
 * [batch, in, height, width], the shape of the convolution's input.
 */
export function convTranspose(
  y: Tensor,
  weight: Tensor,
  height: number,
  width: number,
  { stride = 1, padding = [0, 0, 0, 0] }: ConvOptions = {},
): Tensor {
  const extra = (size: number, before: number, after: number, out: number, kernel: number) =>
    size - ((out - 1) * stride + kernel - before - after);
  if (y.rank !== 4 || weight.rank !== 4 || y.dim(1) !== weight.dim(0))
    throw new RangeError(`convTranspose of [${y.shape.join(', ')}] with [${weight.shape.join(', ')}]`);
  const attributes = {
    kernel_shape: [weight.dim(2), weight.dim(3)],
    strides: [stride, stride],
    pads: [...padding],
    output_padding: [
      extra(height, padding[0], padding[2], y.dim(2), weight.dim(2)),
      extra(width, padding[1], padding[3], y.dim(3), weight.dim(3)),
    ],
  };
  return apply1('ConvTranspose', [y, weight], [y.dim(0), weight.dim(1), height, width], attributes);
}

/** Mean of each non-overlapping 2×2 block of `[batch, channels, height, width]`. */
export function averagePool2(x: Tensor): Tensor {
  if (x.rank !== 4 || x.dim(2) % 2 || x.dim(3) % 2) throw new RangeError(`averagePool2 of [${x.shape.join(', ')}]`);
  const shape = [x.dim(0), x.dim(1), x.dim(2) / 2, x.dim(3) / 2];
  return apply1('AveragePool', [x], shape, { kernel_shape: [2, 2], strides: [2, 2] });
}
