import { toFloat32 } from '../formats/halfFloat';
import type { TensorData } from '../tensorData';

/** A tensor's values as numbers, half precision widened. */
export function numbersOf(tensor: TensorData): ArrayLike<number> {
  if (tensor.data instanceof BigInt64Array) return Array.from(tensor.data, Number);
  return tensor.data instanceof Uint16Array ? toFloat32(tensor) : tensor.data;
}

/** The largest absolute value; Infinity when one is not a number, so that no comparison passes on it. */
export function largest(values: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isNaN(size)) return Infinity;
    if (size > found) found = size;
  }
  return found;
}

/** ours − reference, value by value. */
export function difference(ours: ArrayLike<number>, reference: ArrayLike<number>): Float64Array {
  return Float64Array.from(reference, (value, i) => ours[i]! - value);
}

/**
 * Largest absolute difference over the reference's largest absolute value; Infinity for other shapes. `scale` replaces the divisor
 * where the reference is zero throughout; without it only zeros equal zeros.
 */
export function relativeError(ours: TensorData | undefined, reference: TensorData, scale = 0): number {
  if (!ours || !sameShape(ours.shape, reference.shape)) return Infinity;
  const values = numbersOf(reference);
  return ratio(largest(difference(numbersOf(ours), values)), largest(values) || scale);
}

/** √Σ values². */
export function euclideanNorm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** error / size, where no error is 0 whatever the size. */
export function ratio(error: number, size: number): number {
  return error === 0 ? 0 : error / size;
}

/** Whether dtype, shape and every bit are equal. */
export function identical(a: TensorData | undefined, b: TensorData | undefined): boolean {
  if (!a || !b || a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) return false;
  return Buffer.compare(bytesOf(a.data), bytesOf(b.data)) === 0;
}

const bytesOf = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((d, i) => d === b[i]);
