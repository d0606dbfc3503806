import { bytesPerElement, elementCount } from '../tensorData';
import { sortNodes } from './model';
import type { Node, Tensor } from './tensor';

/** What running a graph once takes, told from its shapes alone. */
export interface GraphCost {
  /** Floating-point operations of convolutions, matrix products and attention; a multiply and an add are two. */
  flops: number;
  /** Those of convolutions. */
  convolutionFlops: number;
  /** Bytes that all other operators read and write, views aside. */
  movedBytes: number;
  /** Operators that are called: views aside. */
  nodes: number;
  /** The most bytes that intermediate results and outputs take at one time, in the order the nodes are written. */
  peakBytes: number;
}

/** Operators whose output is their input in another shape: nothing is copied. */
const views = new Set(['Reshape', 'MaskGradient', 'Identity']);

/** Counts the cost of computing `outputs`. Inputs, constants and weights are not part of it. */
export function graphCost(outputs: readonly Tensor[]): GraphCost {
  const nodes = sortNodes(outputs);
  const sum = (part: readonly Node[], of: (node: Node) => number) => part.reduce((all, node) => all + of(node), 0);
  const called = nodes.filter(({ op }) => !views.has(op));
  return {
    flops: sum(called, flopsOf),
    convolutionFlops: sum(
      called.filter(({ op }) => op.startsWith('Conv')),
      flopsOf,
    ),
    movedBytes: sum(
      called.filter((node) => flopsOf(node) === 0),
      bytesMovedBy,
    ),
    nodes: called.length,
    peakBytes: peakBytes(nodes, outputs),
  };
}

function bytesMovedBy({ inputs, outputs }: Node): number {
  return [...inputs, ...outputs].reduce((sum, tensor) => sum + (tensor ? bytesOf(tensor) : 0), 0);
}

function bytesOf({ shape, dtype }: Tensor): number {
  return elementCount(shape) * bytesPerElement(dtype);
}

/** Each result lives from the node that makes it to the last node that reads it; outputs live to the end. */
function peakBytes(nodes: readonly Node[], outputs: readonly Tensor[]): number {
  const lastUse = new Map<Tensor, number>();
  nodes.forEach((node, i) => {
    for (const x of node.inputs) if (x?.source.kind === 'node') lastUse.set(storageOf(x), i);
  });
  for (const output of outputs) lastUse.set(storageOf(output), nodes.length);
  const endingAt = new Map<number, number>();
  let live = 0;
  let peak = 0;
  nodes.forEach((node, i) => {
    if (!views.has(node.op))
      for (const output of node.outputs) {
        const bytes = bytesOf(output);
        const end = lastUse.get(output) ?? i;
        live += bytes;
        endingAt.set(end, (endingAt.get(end) ?? 0) + bytes);
      }
    peak = Math.max(peak, live);
    live -= endingAt.get(i) ?? 0;
  });
  return peak;
}

/** The tensor whose memory a view shows. */
function storageOf(tensor: Tensor): Tensor {
  let current = tensor;
  while (current.source.kind === 'node' && views.has(current.source.node.op)) current = current.source.node.inputs[0]!;
  return current;
}

function flopsOf({ op, inputs, outputs, attributes }: Node): number {
  const [x, weight] = inputs as [Tensor, Tensor];
  const out = outputs[0]!;
  switch (op) {
    case 'Conv':
      return 2 * elementCount(out.shape) * elementCount(weight.shape.slice(1));
    case 'ConvTranspose':
      return 2 * elementCount(x.shape) * elementCount(weight.shape.slice(1));
    case 'MatMul':
      return 2 * elementCount(out.shape) * x.dim(-1);
    case 'Gemm':
      return 2 * elementCount(out.shape) * (attributes.transA ? x.dim(0) : x.dim(1));
    case 'MultiHeadAttention':
      // q·kᵀ and the product with v: [batch, queries, width] against [batch, keys, width] each.
      return 4 * elementCount(out.shape) * inputs[1]!.dim(1);
    default:
      return 0;
  }
}
