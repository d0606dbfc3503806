import type { TensorData } from '../tensorData';

/** Index of the first NaN or infinity of a tensor, or -1. Integer tensors have none. */
export function firstNonFinite({ dtype, data }: TensorData): number {
  switch (dtype) {
    case 'float16':
      return (data as Uint16Array).findIndex((bits) => (bits & 0x7c00) === 0x7c00);
    case 'bfloat16':
      return (data as Uint16Array).findIndex((bits) => (bits & 0x7f80) === 0x7f80);
    case 'float32':
    case 'float64':
      return (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    default:
      return -1;
  }
}
