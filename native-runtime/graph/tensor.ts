import type { Dtype, TensorData } from '../tensorData';

/** Attribute values an ONNX node may carry here. Whole numbers become INT, `{ float }` becomes FLOAT, a branch GRAPH. */
export type Attribute = number | string | readonly number[] | { float: number } | Branch;

/** A graph inside a node. */
export interface Branch {
  /** Inputs that stand for what the node reads after its first input. */
  reads: readonly Tensor[];
  result: Tensor;
}

/** One ONNX operator application. */
export interface Node {
  op: string;
  domain: '' | 'com.microsoft';
  inputs: (Tensor | undefined)[];
  outputs: Tensor[];
  attributes: Record<string, Attribute>;
}

/** Whether an attribute is a graph. */
export const isBranch = (value: Attribute): value is Branch => typeof value === 'object' && 'result' in value;

/** The graphs inside a node. */
export const branchesOf = ({ attributes }: Node): Branch[] => Object.values(attributes).filter(isBranch);

/** Where bytes of a weight lie: inside the user's own file, which ONNX Runtime maps without a copy. */
export interface FileSlice {
  path: string;
  byteOffset: number;
  byteLength: number;
}

/** What a tensor's value comes from. */
export type Source =
  | { kind: 'node'; node: Node }
  | { kind: 'input'; name: string }
  | { kind: 'constant'; data: TensorData }
  | { kind: 'file'; name: string; slice: FileSlice };

/** A symbolic tensor: a static shape, a dtype and where its value comes from. Immutable. */
export class Tensor {
  constructor(
    readonly shape: readonly number[],
    readonly dtype: Dtype,
    readonly source: Source,
  ) {}

  /** The number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** The length of one axis; negative axes count from the end. */
  dim(axis: number): number {
    const value = this.shape[axis < 0 ? axis + this.rank : axis];
    if (value === undefined) throw new RangeError(`axis ${axis} of shape [${this.shape.join(', ')}]`);
    return value;
  }
}

/** A value fed at run time. */
export function input(name: string, shape: readonly number[], dtype: Dtype = 'float32'): Tensor {
  return new Tensor(shape, dtype, { kind: 'input', name });
}

/** A value fixed in the graph. Equal constants are written once. */
export function constant(data: TensorData): Tensor {
  return new Tensor(data.shape, data.dtype, { kind: 'constant', data });
}

/** A weight that stays in its file. */
export function fileTensor(name: string, shape: readonly number[], dtype: Dtype, slice: FileSlice): Tensor {
  return new Tensor(shape, dtype, { kind: 'file', name, slice });
}

/** A constant filled with one value. */
export function filled(shape: readonly number[], value: number, dtype: Dtype = 'float32'): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  if (dtype === 'float32') return constant({ dtype, shape, data: new Float32Array(count).fill(value) });
  if (dtype === 'float64') return constant({ dtype, shape, data: new Float64Array(count).fill(value) });
  if (dtype === 'int64') return constant({ dtype, shape, data: new BigInt64Array(count).fill(BigInt(value)) });
  throw new TypeError(`no constants of ${dtype}`);
}

/** An int64 constant vector, as operators take for shapes and axes. */
export function integers(values: readonly number[]): Tensor {
  return constant({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, (v) => BigInt(v)) });
}

/** Creates a node with one or more outputs and returns those. */
export function apply(
  op: string,
  inputs: (Tensor | undefined)[],
  outputs: { shape: readonly number[]; dtype: Dtype }[],
  attributes: Record<string, Attribute> = {},
  domain: Node['domain'] = '',
): Tensor[] {
  const node: Node = { op, domain, inputs, outputs: [], attributes };
  node.outputs = outputs.map(({ shape, dtype }) => new Tensor(shape, dtype, { kind: 'node', node }));
  return node.outputs;
}

/** The outputs of a node that reads `inputs` instead of its own; the node's own outputs where nothing is different. */
export function withInputs(node: Node, inputs: (Tensor | undefined)[]): Tensor[] {
  if (inputs.every((x, i) => x === node.inputs[i])) return node.outputs;
  return apply(node.op, inputs, node.outputs, node.attributes, node.domain);
}

/** Creates a node with a single output. */
export function apply1(
  op: string,
  inputs: (Tensor | undefined)[],
  shape: readonly number[],
  attributes: Record<string, Attribute> = {},
  domain: Node['domain'] = '',
): Tensor {
  return apply(op, inputs, [{ shape, dtype: inputs[0]!.dtype }], attributes, domain)[0]!;
}
