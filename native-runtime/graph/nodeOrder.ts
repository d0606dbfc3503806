import type { Node, Tensor } from './tensor';

/** Which gradient-only operators vanish when the graph is written: they are their first input. */
export const transparent = new Set(['MaskGradient', 'BlockEnd']);

/** The tensors that a node's value depends on. */
export const readBy = ({ op, inputs }: Node) => (transparent.has(op) ? inputs.slice(0, 1) : inputs);

/** Every node the tensors depend on, inputs before users. */
export function sortNodes(tensors: readonly Tensor[]): Node[] {
  const done = new Set<Node>();
  const order: Node[] = [];
  const stack = tensors
    .flatMap((t) => (t.source.kind === 'node' ? [{ node: t.source.node, entered: false }] : []))
    .reverse();
  while (stack.length) {
    const frame = stack.pop()!;
    if (frame.entered) {
      order.push(frame.node);
      continue;
    }
    if (done.has(frame.node)) continue;
    done.add(frame.node);
    stack.push({ node: frame.node, entered: true });
    const inputs = readBy(frame.node);
    for (let i = inputs.length - 1; i >= 0; i--) {
      const x = inputs[i];
      if (x?.source.kind === 'node' && !done.has(x.source.node)) stack.push({ node: x.source.node, entered: false });
    }
  }
  return order;
}

/**
 * The order in which a model is written: what depends on nothing but weights and constants, then what lies no deeper than the first
 * result, which is the loss where there are gradients, then the rest. ONNX Runtime goes backwards from the results and, at every operator, first to what was written last
 * (`executionOrder`). So a weight in another form is made just before it is read, and what a gradient reads of the forward pass in
 * another form, such as attention that is computed again, only when everything behind it is done (docs/performance.md).
 */
export function writingOrder(tensors: readonly Tensor[]): Node[] {
  const order = sortNodes(tensors);
  const depths = new Map<Node, number>();
  const fixed = new Set<Node>();
  const depthOf = (x: Tensor | undefined) => (x?.source.kind === 'node' ? depths.get(x.source.node)! : 0);
  const isFixed = (x: Tensor | undefined) =>
    !x ||
    x.source.kind === 'constant' ||
    x.source.kind === 'file' ||
    (x.source.kind === 'node' && fixed.has(x.source.node));
  for (const node of order) {
    depths.set(node, 1 + Math.max(0, ...readBy(node).map(depthOf)));
    if (readBy(node).every(isFixed)) fixed.add(node);
  }
  const first = depthOf(tensors[0]);
  const stage = (node: Node) => (fixed.has(node) ? 0 : depths.get(node)! <= first ? 1 : 2);
  return order.sort((a, b) => stage(a) - stage(b));
}
