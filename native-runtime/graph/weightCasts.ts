import { bytesPerElement, elementCount } from '../tensorData';
import { sortNodes } from './nodeOrder';
import { cast } from './operators/elementwise';
import { gather, reshape } from './operators/layout';
import { withInputs, type Node, type Tensor } from './tensor';

/** Smaller results are computed once, when a session is made. */
const leastBytes = 1_000_000;

/**
 * The same values, with weights of half precision widened anew for every operator that reads them. One wide copy for all would stay in
 * memory from the forward to the backward pass, and with it those of all weights.
 */
export function castWhereRead(results: readonly Tensor[]): Tensor[] {
  const nodes = sortNodes(results);
  return nodes.some(isWeightCast) ? new CastPlacer().rewrite(nodes, results) : [...results];
}

class CastPlacer {
  /** What takes the place of a tensor. */
  private readonly replaced = new Map<Tensor, Tensor>();
  /** How often a widened weight was read so far. */
  private readonly reads = new Map<Tensor, number>();

  rewrite(nodes: readonly Node[], results: readonly Tensor[]): Tensor[] {
    for (const node of nodes) if (!isWeightCast(node)) this.take(node);
    return results.map((x) => this.read(x)!);
  }

  private take(node: Node): void {
    const made =
      this.gathered(node) ??
      withInputs(
        node,
        node.inputs.map((x) => this.read(x)),
      );
    node.outputs.forEach((output, i) => this.replaced.set(output, made[i]!));
  }

  /** Rows of a table are widened once they are picked. */
  private gathered({ op, inputs }: Node): Tensor[] | undefined {
    const [table, indices] = inputs;
    if (op !== 'Gather' || !isWidened(table)) return undefined;
    return [cast(gather(stored(table), this.read(indices)!), table.dtype)];
  }

  private read(x: Tensor | undefined): Tensor | undefined {
    if (!isWidened(x)) return x && (this.replaced.get(x) ?? x);
    const before = this.reads.get(x) ?? 0;
    this.reads.set(x, before + 1);
    if (before === 0) return x;
    // ONNX Runtime merges equal operators; of a view in another shape it cannot know that it is equal.
    const view = reshape(stored(x), [...Array<number>(before - 1).fill(1), elementCount(x.shape)]);
    return reshape(cast(view, x.dtype), x.shape);
  }
}

function isWeightCast({ op, inputs, outputs }: Node): boolean {
  const [from, to] = [inputs[0], outputs[0]];
  if (op !== 'Cast' || from?.source.kind !== 'file' || !to) return false;
  const bytes = elementCount(to.shape) * bytesPerElement(to.dtype);
  return bytesPerElement(from.dtype) < bytesPerElement(to.dtype) && bytes > leastBytes;
}

const isWidened = (x: Tensor | undefined): x is Tensor => x?.source.kind === 'node' && isWeightCast(x.source.node);

const stored = ({ source }: Tensor) => (source as Tensor['source'] & { kind: 'node' }).node.inputs[0]!;
