import type { Attribute } from '../../../native-runtime/graph/tensor';
import type { Dtype } from '../../../native-runtime/tensorData';

/** A tensor's values in float64, whatever its dtype says: int64 and bool values are whole numbers, row-major. */
export interface Value {
  shape: readonly number[];
  dtype: Dtype;
  data: Float64Array;
}

/** What an operator sees when it is evaluated. */
export interface Call {
  inputs: readonly (Value | undefined)[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** One operator, by the words of the ONNX specification: it computes its outputs' shapes and dtypes itself. */
export type Kernel = (call: Call) => Value[];

/** An input that the operator cannot do without. */
export function required({ inputs }: Call, position: number): Value {
  const value = inputs[position];
  if (!value) throw new Error(`input ${position} is missing`);
  return value;
}

/** A value from a function of the position. The index array is reused: read it, do not keep it. */
export function make(shape: readonly number[], dtype: Dtype, at: (index: readonly number[]) => number): Value {
  if (shape.some((d) => !Number.isInteger(d) || d < 0)) throw new RangeError(`shape [${shape.join(', ')}]`);
  const data = new Float64Array(shape.reduce((n, d) => n * d, 1));
  const index = shape.map(() => 0);
  for (let flat = 0; flat < data.length; flat++) {
    data[flat] = at(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape: [...shape], dtype, data };
}

/** One element. @throws RangeError outside the value */
export function read({ shape, data }: Value, index: readonly number[]): number {
  if (index.length !== shape.length) throw new RangeError(`${index.length} indices for rank ${shape.length}`);
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const [i, d] = [index[axis]!, shape[axis]!];
    if (!(i >= 0 && i < d)) throw new RangeError(`index ${i} of an axis of length ${d}`);
    flat = flat * d + i;
  }
  return data[flat]!;
}

/** One element of the value repeated to the rank and lengths of a larger shape that `index` belongs to. */
export function readBroadcast({ shape, data }: Value, index: readonly number[]): number {
  const offset = index.length - shape.length;
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++)
    flat = flat * shape[axis]! + (shape[axis] === 1 ? 0 : index[axis + offset]!);
  return data[flat]!;
}

/** The shape that all of them repeat to: right-aligned, each axis the one length that is not 1. */
export function commonShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    shape.forEach((d, i) => {
      const axis = rank - shape.length + i;
      if (d === 1) return;
      if (result[axis] !== 1 && result[axis] !== d) throw new RangeError(`length ${d} against ${result[axis]}`);
      result[axis] = d;
    });
  return result;
}

/** A whole-number attribute. */
export function integer({ attributes }: Call, name: string, otherwise?: number): number {
  const value = attributes[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Error(`attribute ${name}`);
  return value;
}

/** A floating-point attribute, as exact as the float32 the model file holds. */
export function float({ attributes }: Call, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'object' || !('float' in value)) throw new Error(`attribute ${name}`);
  return Math.fround(value.float);
}

/** A list attribute. */
export function list({ attributes }: Call, name: string, otherwise?: readonly number[]): readonly number[] {
  const value = attributes[name] ?? otherwise;
  if (!Array.isArray(value)) throw new Error(`attribute ${name}`);
  return value as readonly number[];
}

/** The whole numbers in an int64 vector, such as axes. */
export function integersOf({ dtype, data }: Value): number[] {
  if (dtype !== 'int64') throw new TypeError(`expected int64, found ${dtype}`);
  return Array.from(data);
}
