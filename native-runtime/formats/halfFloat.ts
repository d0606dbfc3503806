import type { TensorData } from '../tensorData';

let table: Float32Array | undefined;

/** IEEE 754 binary16 bit patterns to float32, exactly. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  table ??= makeTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]!]!;
  return out;
}

/** All 65,536 values; 256 KiB once is cheaper than arithmetic for each element. */
function makeTable(): Float32Array {
  const values = new Float32Array(65536);
  const words = new Uint32Array(values.buffer);
  for (let h = 0; h < 65536; h++) {
    const sign = (h & 0x8000) << 16;
    const exponent = (h >>> 10) & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 31) words[h] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) words[h] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else values[h] = (sign ? -1 : 1) * fraction * 2 ** -24;
  }
  return values;
}

/** float32 to binary16 bit patterns, rounding to nearest, ties to even; beyond 65,519.99 becomes infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    const magnitude = word & 0x7fffffff;
    out[i] = ((word >>> 16) & 0x8000) | (magnitude < 0x38800000 ? toSubnormal(magnitude) : toNormal(magnitude));
  }
  return out;
}

/** Magnitudes of at least 2^-14, infinity and NaN. */
function toNormal(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x477ff000) return 0x7c00;
  // Rebias the exponent, then add just under half of the last kept place, plus one where that place is odd.
  return (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
}

/** Magnitudes below 2^-14: multiples of 2^-24. */
function toSubnormal(magnitude: number): number {
  const exponent = magnitude >>> 23;
  if (exponent < 102) return 0;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (rest > half || (rest === half && kept & 1) ? 1 : 0);
}

/** bfloat16 bit patterns (the upper halves of float32) to float32, exactly. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return out;
}

/** float32 to bfloat16 bit patterns, rounding to nearest, ties to even. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const word = words[i]!;
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    out[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** A tensor's values as float32 numbers. float32 input is returned as it is, not copied. */
export function toFloat32(tensor: TensorData): Float32Array {
  switch (tensor.dtype) {
    case 'float32':
      return tensor.data as Float32Array;
    case 'float16':
      return float16ToFloat32(tensor.data as Uint16Array);
    case 'bfloat16':
      return bfloat16ToFloat32(tensor.data as Uint16Array);
    default:
      return Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number);
  }
}
