import { onnxType } from '../graph/operators/elementwise';
import { sortNodes } from '../graph/nodeOrder';
import { apply, constant, Tensor, type Node } from '../graph/tensor';
import type { Dtype, TensorData } from '../tensorData';
import { accurateCosine, accurateSine } from './accurateSine';
import { bindableBytes } from './scoreBytes';
import { gatherFromBlocks } from './tableBlocks';
import { writtenOutAttention } from './writtenOutAttention';

/**
 * The same graph in operators that compute the right thing on every WebGPU adapter:
 * - whole numbers of 64 bits, which have hardly a kernel there, become 32 bits; shapes stay as they are;
 * - sine and cosine, of which WGSL promises three digits, become polynomials;
 * - fused attention, whose kernel is wrong on adapters with small subgroups, is written out;
 * - a table too large to be bound in one piece is read in several.
 * @param tensorBytes how large scores and tables may be
 */
export function forWebgpu(
  outputs: Readonly<Record<string, Tensor>>,
  tensorBytes = bindableBytes,
): Record<string, Tensor> {
  const rewritten = new Map<Tensor, Tensor>();
  const of = (tensor: Tensor): Tensor => {
    const known = rewritten.get(tensor) ?? narrowLeaf(tensor);
    rewritten.set(tensor, known);
    return known;
  };
  for (const node of sortNodes(Object.values(outputs))) {
    // The mask matters to gradients only, and those are built by now.
    const read = node.op === 'MaskGradient' ? node.inputs.slice(0, 1) : node.inputs;
    const inputs = read.map((x, i) => (x && !isShape(node.op, i) ? of(x) : x));
    rewrite(node, inputs, tensorBytes).forEach((tensor, i) => rewritten.set(node.outputs[i]!, tensor));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, of(tensor)]));
}

/** A value as such a graph is fed with it. */
export function forWebgpuFeed(value: TensorData): TensorData {
  if (value.dtype !== 'int64') return value;
  return { dtype: 'int32', shape: value.shape, data: Int32Array.from(value.data as BigInt64Array, Number) };
}

const narrow = (dtype: Dtype): Dtype => (dtype === 'int64' ? 'int32' : dtype);

function rewrite(
  { op, domain, outputs, attributes }: Node,
  inputs: (Tensor | undefined)[],
  tensorBytes: number,
): Tensor[] {
  const [x, k, v] = inputs as [Tensor, Tensor, Tensor];
  switch (op) {
    case 'MaskGradient':
      return [x];
    case 'Sin':
      return [accurateSine(x)];
    case 'Cos':
      return [accurateCosine(x)];
    case 'MultiHeadAttention': {
      const { num_heads: heads, scale } = attributes as { num_heads: number; scale: { float: number } };
      return [writtenOutAttention(x, k, v, { heads, scale: scale.float }, tensorBytes)];
    }
    case 'Gather': {
      const read = gatherFromBlocks(x, k, tensorBytes);
      if (read) return [read];
      return apply(op, inputs, [{ shape: outputs[0]!.shape, dtype: narrow(x.dtype) }], attributes, domain);
    }
    // A shape that is computed only says what must come first (see `after`); it would be copied to the host.
    case 'Reshape':
      if (k.source.kind === 'node') return [x];
      return apply(op, inputs, [{ shape: outputs[0]!.shape, dtype: x.dtype }], attributes, domain);
    case 'Cast': {
      const dtype = narrow(outputs[0]!.dtype);
      return x.dtype === dtype ? [x] : apply(op, inputs, [{ shape: x.shape, dtype }], { to: onnxType[dtype] });
    }
    default: {
      const results = outputs.map(({ shape, dtype }) => ({ shape, dtype: narrow(dtype) }));
      return apply(op, inputs, results, attributes, domain);
    }
  }
}

/** Operands that are shapes, axes or positions: every device reads them on the host, as 64 bits. */
const shapeOperands: Record<string, readonly number[]> = {
  Reshape: [1],
  Expand: [1],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Pad: [1],
  ReduceSum: [1],
  ReduceMean: [1],
  ReduceMax: [1],
  Resize: [3],
};

const isShape = (op: string, index: number) => shapeOperands[op]?.includes(index) ?? false;

function narrowLeaf(tensor: Tensor): Tensor {
  const { source, shape, dtype } = tensor;
  if (dtype !== 'int64') return tensor;
  if (source.kind === 'input') return new Tensor(shape, narrow(dtype), source);
  if (source.kind !== 'constant') throw new Error(`whole numbers of ${source.kind}`);
  return constant(forWebgpuFeed(source.data));
}
