import { add } from '../graph/operators/elementwise';
import { filled, type Node, type Tensor } from '../graph/tensor';
import { Recomputation } from './recomputation';
import { hostScoreBytes, type ScoreBytes } from './rule';
import { rules } from './rules';

/** How gradients are made. */
export interface GradientOptions {
  /** Compute what lies within blocks (`blockEnd`) a second time instead of keeping it: the same numbers, less memory, more time. */
  recompute?: boolean;
  /** The session computes constants once, however large they are: they are not computed again. */
  foldsConstants?: boolean;
  /** How large the scores of an attention may be; what suits the processor if left out. */
  scores?: ScoreBytes;
}

/**
 * The gradients of a scalar loss with respect to the targets, as new graph nodes. Only nodes on a path from a target
 * to the loss are visited.
 * @throws Error when a target does not reach the loss, or an operator on the way has no rule.
 */
export function gradients(
  loss: Tensor,
  targets: readonly Tensor[],
  { recompute = false, foldsConstants = false, scores = hostScoreBytes }: GradientOptions = {},
): Tensor[] {
  const needed = nodesBetween(loss, new Set(targets));
  const collected = new Map<Tensor, Tensor>([[loss, filled(loss.shape, 1, loss.dtype)]]);
  const isTarget = new Set(targets);
  const wanted = new Set<Tensor>(targets);
  const recomputation = recompute ? new Recomputation(loss, foldsConstants ? Infinity : undefined) : undefined;
  for (const node of [...needed].reverse()) for (const output of node.outputs) wanted.add(output);

  for (const node of [...needed].reverse()) {
    const outputGradients = node.outputs.map((output) => collected.get(output));
    if (outputGradients.every((g) => !g)) continue;
    const rule = rules[node.op];
    if (!rule) throw new Error(`no gradient rule for ${node.op}`);
    const arrived = outputGradients.filter((g) => g !== undefined);
    const inputGradients = rule(recomputation?.copyOf(node, arrived) ?? node, outputGradients, scores);
    node.inputs.forEach((x, i) => {
      if (!x || !wanted.has(x)) return;
      const build = inputGradients[i];
      if (!build) return;
      const piece = build(x);
      const sum = collected.get(x);
      const total = sum ? add(sum, piece) : piece;
      collected.set(x, total);
      if (isTarget.has(x)) recomputation?.finishFirst(total);
    });
  }
  return targets.map((target) => {
    const gradient = collected.get(target);
    if (!gradient) throw new Error(`no gradient reaches ${describe(target)}`);
    return gradient;
  });
}

/** The nodes that lie between the targets and the loss, inputs before users. */
function nodesBetween(loss: Tensor, targets: ReadonlySet<Tensor>): Set<Node> {
  const reaches = new Map<Node, boolean>();
  const order = new Set<Node>();
  // An explicit stack: graphs are thousands of nodes deep.
  const stack: { node: Node; entered: boolean }[] =
    loss.source.kind === 'node' ? [{ node: loss.source.node, entered: false }] : [];
  const reached = (x: Tensor | undefined) =>
    x !== undefined && (targets.has(x) || (x.source.kind === 'node' && reaches.get(x.source.node) === true));
  while (stack.length) {
    const frame = stack.pop()!;
    if (frame.entered) {
      const reach = frame.node.inputs.some(reached);
      reaches.set(frame.node, reach);
      if (reach) order.add(frame.node);
    } else if (!reaches.has(frame.node)) {
      reaches.set(frame.node, false);
      stack.push({ node: frame.node, entered: true });
      for (const x of frame.node.inputs)
        if (x?.source.kind === 'node' && !reaches.has(x.source.node))
          stack.push({ node: x.source.node, entered: false });
    }
  }
  return order;
}

function describe(tensor: Tensor): string {
  const { source } = tensor;
  return source.kind === 'input' || source.kind === 'file' ? source.name : `a tensor of [${tensor.shape.join(', ')}]`;
}
