import { sortNodes } from '../graph/nodeOrder';
import { after, readiness } from '../graph/operators/order';
import { apply, type Node, type Tensor } from '../graph/tensor';
import { bytesPerElement, elementCount } from '../tensorData';

/** A constant of at most this size is computed once, when a session is made (its option for constant folding). */
const usuallyFolded = 1_000_000;

/**
 * Gradient checkpointing (Chen et al., 2016): the backward pass reads copies of what lies within a block, computed again from
 * what the block was given. Only the ends of blocks, and what several blocks read, live from the forward pass on.
 */
export class Recomputation {
  /** The node that ends the block of a node. What is in no block is kept. */
  private readonly blockOf: ReadonlyMap<Node, Node>;
  private readonly copies = new Map<Node, Node>();
  /** Of each block, when its copies may be computed, and what they read from outside. */
  private readonly entries = new Map<Node, { ready: Tensor; views: Map<Tensor, Tensor> }>();

  private unfinished: Tensor[] = [];

  /** @param foldedBytes how large a constant may be that a session computes once */
  constructor(loss: Tensor, foldedBytes = usuallyFolded) {
    this.blockOf = blocksOf(loss, foldedBytes);
  }

  /** Has the gradient of a target made before the next block is computed again, so that what it is made of can go. */
  finishFirst(gradient: Tensor): void {
    this.unfinished.push(gradient);
  }

  /**
   * What the gradient rule of a node reads instead of it.
   * @param arrived gradients of its outputs; the copies of a block are not computed before those at its end are there
   */
  copyOf(node: Node, arrived: readonly Tensor[]): Node {
    const block = this.blockOf.get(node);
    if (!block || node.op === 'BlockEnd') return node;
    if (!this.entries.has(block)) {
      this.entries.set(block, { ready: readiness([...arrived, ...this.unfinished]), views: new Map() });
      this.unfinished = [];
    }
    // An explicit stack, for blocks may be deep.
    const stack = [node];
    while (stack.length) {
      const next = stack.at(-1)!;
      const missing = next.inputs.flatMap((x) => this.sourceWithin(x, block) ?? []).filter((n) => !this.copies.has(n));
      if (missing.length) stack.push(...missing);
      else {
        stack.pop();
        if (!this.copies.has(next)) this.copies.set(next, this.copy(next, block));
      }
    }
    return this.copies.get(node)!;
  }

  private copy(node: Node, block: Node): Node {
    const inputs = node.inputs.map((x, i) => x && this.inputOf(node, i, x, block));
    const [output] = apply(node.op, inputs, node.outputs, node.attributes, node.domain);
    return (output!.source as Tensor['source'] & { kind: 'node' }).node;
  }

  private inputOf(node: Node, index: number, x: Tensor, block: Node): Tensor {
    const within = this.sourceWithin(x, block);
    if (within) return this.copies.get(within)!.outputs[within.outputs.indexOf(x)]!;
    // What is fed or lies in a file is there anyway; but a node that reads nothing else must not run before its time.
    const waits = index === 0 && !node.inputs.some((other) => other?.source.kind === 'node');
    if (x.source.kind !== 'node' && !waits) return x;
    const { ready, views } = this.entries.get(block)!;
    const view = views.get(x) ?? after(x, ready);
    views.set(x, view);
    return view;
  }

  private sourceWithin(x: Tensor | undefined, block: Node): Node | undefined {
    if (x?.source.kind !== 'node' || x.source.node.op === 'BlockEnd') return undefined;
    return this.blockOf.get(x.source.node) === block ? x.source.node : undefined;
  }
}

/** A node belongs to a block when all that reads it does; constants that a session computes once belong to none. */
function blocksOf(loss: Tensor, foldedBytes: number): Map<Node, Node> {
  const nodes = sortNodes([loss]);
  const blocks = new Map<Node, Node>();
  const shared = new Set<Node>(loss.source.kind === 'node' ? [loss.source.node] : []);
  for (const node of [...nodes].reverse()) {
    const own = node.op === 'BlockEnd' ? node : shared.has(node) ? undefined : blocks.get(node);
    for (const x of node.inputs) {
      if (x?.source.kind !== 'node') continue;
      const { node: source } = x.source;
      const known = blocks.get(source);
      if (!own || (known && known !== own)) shared.add(source);
      else blocks.set(source, own);
    }
  }
  const fusible = nodes.filter(({ op }) => op === 'MatMul').flatMap(withSources);
  for (const node of fusible) blocks.delete(node);
  for (const node of nodes)
    if (shared.has(node) || (isConstant(node) && bytesOf(node) <= foldedBytes)) blocks.delete(node);
  return blocks;
}

/**
 * A product, and what it reads. ONNX Runtime makes them one operator, which rounds otherwise, unless something else reads that as
 * well; kept, the backward pass does, as it does without recomputation.
 */
const withSources = (node: Node) => [
  node,
  ...node.inputs.flatMap((x) => (x?.source.kind === 'node' ? [x.source.node] : [])),
];

const isConstant = ({ inputs }: Node) =>
  inputs.every((x) => !x || x.source.kind === 'constant' || x.source.kind === 'file');

const bytesOf = ({ outputs }: Node) =>
  outputs.reduce((sum, { shape, dtype }) => sum + elementCount(shape) * bytesPerElement(dtype), 0);
