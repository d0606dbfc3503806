/** Element types of tensors, by their ONNX meaning. `bfloat16` occurs only in files. */
export type Dtype =
  'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

export type TypedArray =
  Float32Array | Uint16Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array;

/** A tensor with its values, row-major. float16 and bfloat16 are raw 16-bit patterns in a Uint16Array, bool is 0/1 bytes. */
export interface TensorData {
  dtype: Dtype;
  shape: readonly number[];
  data: TypedArray;
}

const bytes: Record<Dtype, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Bytes of one element. */
export function bytesPerElement(dtype: Dtype): number {
  return bytes[dtype];
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** A float32 tensor over the given values (zeros if none). */
export function float32(shape: readonly number[], data?: Float32Array | number[]): TensorData & { data: Float32Array } {
  const values =
    data instanceof Float32Array ? data : data ? Float32Array.from(data) : new Float32Array(elementCount(shape));
  return { dtype: 'float32', shape, data: values };
}

/** An int64 tensor over the given whole numbers. */
export function int64(shape: readonly number[], values: ArrayLike<number>): TensorData & { data: BigInt64Array } {
  return { dtype: 'int64', shape, data: BigInt64Array.from(Array.from(values, (v) => BigInt(v))) };
}
