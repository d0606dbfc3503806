import type { Dtype, TypedArray } from '../tensorData';

const constructors: Record<Dtype, new (buffer: ArrayBuffer) => TypedArray> = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The whole buffer (little-endian, as every file we read) seen as values of the given type. */
export function typedArrayOver(dtype: Dtype, buffer: ArrayBuffer): TypedArray {
  return new constructors[dtype](buffer);
}
