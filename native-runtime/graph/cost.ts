import { elementCount } from '../tensorData';
import { bytesOf, peakMemory, views } from './memory';
import { sortNodes } from './nodeOrder';
import { branchesOf, type Node, type Tensor } from './tensor';
import { castWhereRead } from './weightCasts';

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
  /** The most bytes that intermediate results and outputs take at one time. */
  peakBytes: number;
}

/**
 * Counts the cost of computing `outputs`. Inputs, constants and weights are not part of it.
 * @param computed what is run for it where that is another graph, the memory of whose branches is not counted
 */
export function graphCost(outputs: readonly Tensor[], computed = outputs): GraphCost {
  const nodes = sortNodes(castWhereRead(computed)).flatMap(withTakenBranch);
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
    peakBytes: peakMemory(outputs),
  };
}

/** A branching node is what it computes: its first branch. */
function withTakenBranch(node: Node): Node[] {
  const [taken] = branchesOf(node);
  return taken ? sortNodes([taken.result]) : [node];
}

function bytesMovedBy({ inputs, outputs }: Node): number {
  return [...inputs, ...outputs].reduce((sum, tensor) => sum + (tensor ? bytesOf(tensor) : 0), 0);
}

/** Floating-point operations of one operator; none but products have any. */
export function flopsOf({ op, inputs, outputs, attributes }: Node): number {
  const [x, weight] = inputs as [Tensor, Tensor];
  const out = outputs[0]!;
  switch (op) {
    case 'Conv':
      return 2 * elementCount(out.shape) * elementCount(weight.shape.slice(1));
    case 'ConvTranspose':
      return 2 * elementCount(x.shape) * elementCount(weight.shape.slice(1));
    case 'MatMul':
      return 2 * elementCount(out.shape) * x.dim(-1);
    case 'FusedMatMul':
      return 2 * elementCount(out.shape) * x.dim(attributes.transA ? -2 : -1);
    case 'Gemm':
      return 2 * elementCount(out.shape) * (attributes.transA ? x.dim(0) : x.dim(1));
    case 'MultiHeadAttention':
      // q·kᵀ and the product with v: [batch, queries, width] against [batch, keys, width] each.
      return 4 * elementCount(out.shape) * inputs[1]!.dim(1);
    default:
      return 0;
  }
}
