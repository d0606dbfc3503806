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
 * The order in which a model is written: first what depends on nothing but weights and constants. ONNX Runtime goes backwards from the
 * results and, at every operator, first to what was written last (`executionOrder`). So such values are computed just before they are
 * read, instead of all of them before everything else.
 */
export function writingOrder(tensors: readonly Tensor[]): Node[] {
  const order = sortNodes(tensors);
  const fixed = new Set<Node>();
  const isFixed = ({ source }: Tensor) =>
    source.kind === 'constant' || source.kind === 'file' || (source.kind === 'node' && fixed.has(source.node));
  for (const node of order) if (readBy(node).every((x) => !x || isFixed(x))) fixed.add(node);
  return [...order.filter((node) => fixed.has(node)), ...order.filter((node) => !fixed.has(node))];
}
