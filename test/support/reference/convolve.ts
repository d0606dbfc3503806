import { type Call, type Kernel, list, make, read, required } from './value';

/** Strides and zero padding, and the kernel's height and width: [rows, columns] each. */
function geometry(call: Call) {
  const [strideY, strideX] = list(call, 'strides', [1, 1]) as [number, number];
  const [top, left, bottom, right] = list(call, 'pads', [0, 0, 0, 0]) as [number, number, number, number];
  const [kernelY, kernelX] = list(call, 'kernel_shape') as [number, number];
  return { strideY, strideX, top, left, bottom, right, kernelY, kernelX };
}

const outputLength = (length: number, kernel: number, stride: number, padding: number) =>
  Math.floor((length + padding - kernel) / stride) + 1;

const conv: Kernel = (call) => {
  const [x, weight, bias] = [required(call, 0), required(call, 1), call.inputs[2]];
  const g = geometry(call);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [out, channelsW, kernelY, kernelX] = weight.shape as [number, number, number, number];
  if (channels !== channelsW || kernelY !== g.kernelY || kernelX !== g.kernelX) throw new RangeError('Conv shapes');
  const rows = outputLength(height, kernelY, g.strideY, g.top + g.bottom);
  const columns = outputLength(width, kernelX, g.strideX, g.left + g.right);
  return [
    make([batch, out, rows, columns], x.dtype, ([b, o, row, column]) => {
      let sum = bias ? bias.data[o!]! : 0;
      for (let i = 0; i < kernelY; i++)
        for (let j = 0; j < kernelX; j++) {
          const y = row! * g.strideY + i - g.top;
          const z = column! * g.strideX + j - g.left;
          if (y < 0 || z < 0 || y >= height || z >= width) continue;
          for (let c = 0; c < channels; c++) sum += read(x, [b!, c, y, z]) * read(weight, [o!, c, i, j]);
        }
      return sum;
    }),
  ];
};

/** Every input element adds the kernel, scaled by it, to the output; what falls on the padding is cut off. */
const convTranspose: Kernel = (call) => {
  const [x, weight] = [required(call, 0), required(call, 1)];
  const g = geometry(call);
  const [extraY, extraX] = list(call, 'output_padding', [0, 0]) as [number, number];
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [channelsW, out, kernelY, kernelX] = weight.shape as [number, number, number, number];
  if (channels !== channelsW || kernelY !== g.kernelY || kernelX !== g.kernelX)
    throw new RangeError('ConvTranspose shapes');
  if (extraY < 0 || extraX < 0 || extraY >= g.strideY || extraX >= g.strideX) throw new RangeError('output_padding');
  const rows = g.strideY * (height - 1) + extraY + kernelY - g.top - g.bottom;
  const columns = g.strideX * (width - 1) + extraX + kernelX - g.left - g.right;
  const result = make([batch, out, rows, columns], x.dtype, () => 0);
  make([batch, channels, height, width, out, kernelY, kernelX], x.dtype, ([b, c, y, z, o, i, j]) => {
    const row = y! * g.strideY + i! - g.top;
    const column = z! * g.strideX + j! - g.left;
    if (row >= 0 && column >= 0 && row < rows && column < columns)
      result.data[((b! * out + o!) * rows + row) * columns + column]! +=
        read(x, [b!, c!, y!, z!]) * read(weight, [c!, o!, i!, j!]);
    return 0;
  });
  return [result];
};

const averagePool: Kernel = (call) => {
  const x = required(call, 0);
  const g = geometry(call);
  if (g.top + g.left + g.bottom + g.right) throw new Error('padded AveragePool');
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const rows = outputLength(height, g.kernelY, g.strideY, 0);
  const columns = outputLength(width, g.kernelX, g.strideX, 0);
  return [
    make([batch, channels, rows, columns], x.dtype, ([b, c, row, column]) => {
      let sum = 0;
      for (let i = 0; i < g.kernelY; i++)
        for (let j = 0; j < g.kernelX; j++) sum += read(x, [b!, c!, row! * g.strideY + i, column! * g.strideX + j]);
      return sum / (g.kernelY * g.kernelX);
    }),
  ];
};

/** Convolutions and pooling over `[batch, channels, height, width]`. */
export const convolveKernels: Record<string, Kernel> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  AveragePool: averagePool,
};
