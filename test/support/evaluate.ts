import { toFloat32 } from '../../native-runtime/formats/halfFloat';
import type { Node, Tensor } from '../../native-runtime/graph/tensor';
import type { TensorData } from '../../native-runtime/tensorData';
import { convolveKernels } from './reference/convolve';
import { elementwiseKernels } from './reference/elementwise';
import { layoutKernels } from './reference/layout';
import { matrixKernels } from './reference/matrix';
import { reduceKernels } from './reference/reduce';
import type { Kernel, Value } from './reference/value';

/** The reference implementation of every operator. */
export const kernels: Readonly<Record<string, Kernel>> = {
  ...elementwiseKernels,
  ...layoutKernels,
  ...matrixKernels,
  ...reduceKernels,
  ...convolveKernels,
};

/** Values of graph inputs and of weights in files, by name. */
export type Feeds = Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number | bigint> }>>;

/**
 * Computes tensors in float64 by plain loops, without ONNX Runtime and without the graph's own shape inference: every
 * computed shape and dtype must equal what the tensor declares.
 * @throws Error on a disagreement, a missing feed or an unknown operator
 */
export function evaluate(outputs: readonly Tensor[], feeds: Feeds): Value[] {
  const known = new Map<Tensor, Value>();
  const valueOf = (tensor: Tensor): Value => {
    if (!known.has(tensor)) {
      const { source } = tensor;
      if (source.kind === 'node') run(source.node);
      else known.set(tensor, leaf(tensor, feeds));
    }
    return known.get(tensor)!;
  };
  const run = (node: Node) => {
    const kernel = kernels[node.op];
    if (!kernel) throw new Error(`no reference implementation of ${node.op}`);
    const inputs = node.inputs.map((x) => x && valueOf(x));
    const results = kernel({ inputs, attributes: node.attributes });
    node.outputs.forEach((tensor, i) => {
      requireDeclared(`${node.op} output ${i}`, tensor, results[i]!);
      known.set(tensor, results[i]!);
    });
  };
  return outputs.map(valueOf);
}

function leaf(tensor: Tensor, feeds: Feeds): Value {
  const { source, dtype } = tensor;
  if (source.kind === 'constant') return numbers(source.data);
  if (source.kind === 'node') throw new Error('not a leaf');
  const feed = feeds[source.name];
  if (!feed) throw new Error(`no value for ${source.name}`);
  const value: Value = { shape: feed.shape, dtype, data: Float64Array.from(feed.data, Number) };
  requireDeclared(source.name, tensor, value);
  return value;
}

function numbers(tensor: TensorData): Value {
  const { shape, dtype, data } = tensor;
  const half = dtype === 'float16' || dtype === 'bfloat16';
  return { shape, dtype, data: Float64Array.from(half ? toFloat32(tensor) : (data as ArrayLike<number>), Number) };
}

function requireDeclared(what: string, tensor: Tensor, { shape, dtype, data }: Value): void {
  const computed = `${dtype} [${shape.join(', ')}]`;
  const declared = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (computed !== declared) throw new Error(`${what} is ${computed}, declared as ${declared}`);
  if (data.length !== shape.reduce((n, d) => n * d, 1)) throw new Error(`${what} has ${data.length} values`);
}
