import { dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { openSafetensors, writeSafetensors } from '../../native-runtime/formats/safetensors';
import { mul } from '../../native-runtime/graph/operators/elementwise';
import { reduceSum } from '../../native-runtime/graph/operators/reduce';
import { constant, fileTensor, input, type FileSlice, type Tensor } from '../../native-runtime/graph/tensor';
import { RandomStream } from '../../native-runtime/random';
import { elementCount, float32, int64, type TensorData } from '../../native-runtime/tensorData';

/** One input of a case: random numbers from a range, or given values. */
export interface InputSpec {
  shape: readonly number[];
  /** Random values are uniform in this range; the default is −2 to 2. */
  range?: readonly [number, number];
  /** Given values; whole numbers when `dtype` says so. */
  values?: readonly number[];
  dtype?: 'float32' | 'int64';
  /** Not differentiated: indices, masks, exponents. */
  fixed?: true;
  /** A weight that lies in a file. */
  file?: true;
}

/** An application of an operator to inputs of certain shapes. */
export interface RuleCase {
  title: string;
  inputs: readonly InputSpec[];
  build: (...inputs: Tensor[]) => Tensor;
}

/** A case with its symbolic tensors and their values, all exact in float32. */
export interface BuiltCase {
  inputs: Tensor[];
  targets: Tensor[];
  output: Tensor;
  /** Σ output · weights, with fixed random weights. */
  loss: Tensor;
  values: Record<string, TensorData>;
}

/** A float32 input of a shape, from a range. */
export function x(shape: readonly number[], range?: readonly [number, number]): InputSpec {
  return range ? { shape, range } : { shape };
}

/** The name of the input at a position. */
export const nameOf = (position: number) => `x${position}`;

const nowhere: FileSlice = { path: 'weights.safetensors', byteOffset: 0, byteLength: 0 };

/** Draws the values of a case and builds its graph; `slices` says where the weights in files lie. */
export function buildCase(ruleCase: RuleCase, slices: ReadonlyMap<string, FileSlice> = new Map()): BuiltCase {
  const values = valuesOf(ruleCase);
  const inputs = ruleCase.inputs.map(({ shape, dtype = 'float32', file }, i) =>
    file ? fileTensor(nameOf(i), shape, dtype, slices.get(nameOf(i)) ?? nowhere) : input(nameOf(i), shape, dtype),
  );
  const output = ruleCase.build(...inputs);
  return {
    inputs,
    targets: inputs.filter((_, i) => !ruleCase.inputs[i]!.fixed),
    output,
    loss: output.dtype === 'float32' ? weightedSum(output, ruleCase.title) : output,
    values,
  };
}

/** Puts the case's file weights into a safetensors file and says where each lies. */
export async function writeFileWeights(ruleCase: RuleCase, path: string): Promise<Map<string, FileSlice>> {
  const values = valuesOf(ruleCase);
  const names = ruleCase.inputs.flatMap((spec, i) => (spec.file ? [nameOf(i)] : []));
  if (!names.length) return new Map();
  mkdirSync(dirname(path), { recursive: true });
  await writeSafetensors(path, new Map(names.map((name) => [name, values[name]!])));
  const { tensors } = await openSafetensors(path);
  return new Map([...tensors].map(([name, { byteOffset, byteLength }]) => [name, { path, byteOffset, byteLength }]));
}

function valuesOf({ title, inputs }: RuleCase): Record<string, TensorData> {
  return Object.fromEntries(inputs.map((spec, i) => [nameOf(i), draw(spec, new RandomStream(1, title, 0, i))]));
}

function draw({ shape, range: [low, high] = [-2, 2], values, dtype }: InputSpec, random: RandomStream): TensorData {
  if (dtype === 'int64') return int64(shape, values!);
  const drawn = () => Array.from({ length: elementCount(shape) }, () => low + (high - low) * random.uniform());
  return float32(shape, [...(values ?? drawn())]);
}

/** Σ x · w with random weights fixed by the purpose: a scalar that no element's error can hide in. */
export function weightedSum(tensor: Tensor, purpose: string): Tensor {
  const weights = new RandomStream(2, purpose).normals(elementCount(tensor.shape));
  const axes = tensor.shape.map((_, axis) => axis);
  return reduceSum(mul(tensor, constant(float32(tensor.shape, weights))), axes);
}
