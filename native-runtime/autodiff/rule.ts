import type { Attribute, Node, Tensor } from '../graph/tensor';

/**
 * The vector-Jacobian product of one operator: given the node and its outputs' gradients, one function per input that
 * builds that input's gradient as graph nodes. `undefined` stands for inputs that have none (indices, shapes). Only the
 * functions of inputs on a path to a target are called, so a frozen weight costs nothing.
 */
export type Rule = (
  node: Node,
  gradients: (Tensor | undefined)[],
  scores: ScoreBytes,
) => (((input: Tensor) => Tensor) | undefined)[];

/** Bytes of attention scores: from `sliced` on they are made in slices. */
export interface ScoreBytes {
  sliced: number;
  /** The size of a slice, where that makes no more than a few dozen of them. */
  slice: number;
  /** The largest slice, unless one query has more; as `slice` if left out. */
  most?: number;
}

/**
 * Slices that stay in the processor's cache and that the heap gives out again without the system: faster than whole scores, and less
 * memory (docs/performance.md).
 */
export const hostScoreBytes: ScoreBytes = { sliced: 2 ** 25, slice: 2 ** 24, most: 2 ** 29 };

/** The rule of an operator whose first output is the only one differentiated. */
export function rule(
  build: (context: {
    node: Node;
    inputs: Tensor[];
    output: Tensor;
    grad: Tensor;
    scores: ScoreBytes;
  }) => (((input: Tensor) => Tensor) | undefined)[],
): Rule {
  return (node, gradients, scores) => {
    const grad = gradients[0];
    if (!grad || gradients.slice(1).some(Boolean)) throw new Error(`${node.op}: gradient of an unexpected output`);
    return build({ node, inputs: node.inputs as Tensor[], output: node.outputs[0]!, grad, scores });
  };
}

/** A whole-number attribute. */
export function integerAttribute(node: Node, name: string): number {
  const value: Attribute | undefined = node.attributes[name];
  if (typeof value !== 'number') throw new Error(`${node.op} has no whole number ${name}`);
  return value;
}

/** A list attribute. */
export function listAttribute(node: Node, name: string): readonly number[] {
  const value = node.attributes[name];
  if (!Array.isArray(value)) throw new Error(`${node.op} has no list ${name}`);
  return value as readonly number[];
}

/** A floating-point attribute. */
export function floatAttribute(node: Node, name: string): number {
  const value = node.attributes[name];
  if (typeof value !== 'object' || !('float' in value)) throw new Error(`${node.op} has no number ${name}`);
  return value.float;
}

/** The values of an int64 constant input, such as axes or a shape. */
export function constantIntegers(tensor: Tensor): number[] {
  if (tensor.source.kind !== 'constant') throw new Error('expected a constant');
  return Array.from(tensor.source.data.data as BigInt64Array, Number);
}
