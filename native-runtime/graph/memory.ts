import { bytesPerElement, elementCount } from '../tensorData';
import { writingOrder } from './nodeOrder';
import type { Node, Tensor } from './tensor';
import { castWhereRead } from './weightCasts';

/** Operators whose output is their input in another shape: nothing is copied. */
export const views: ReadonlySet<string> = new Set(['Reshape', 'MaskGradient', 'BlockEnd', 'Identity']);

/** Operators that write over an input of the output's shape when nothing reads it afterwards, and which inputs those may be. */
const inPlace: Readonly<Record<string, readonly number[]>> = {
  Add: [0, 1],
  Sub: [0, 1],
  Mul: [0, 1],
  Div: [0, 1],
  Neg: [0],
  Exp: [0],
  Sqrt: [0],
  Abs: [0],
  Sigmoid: [0],
  Tanh: [0],
  Relu: [0],
  Softmax: [0],
  QuickGelu: [0],
  Gelu: [0],
  Cast: [0],
};

/**
 * The most bytes that results of a graph take at one time, by ONNX Runtime's plan for the CPU: its order of execution, its reuse of
 * memory in place, and its reuse of memory that a result of the same shape leaves, which is kept for it in the meantime.
 */
export function peakMemory(outputs: readonly Tensor[]): number {
  return new MemoryPlan(castWhereRead(outputs)).peak();
}

/**
 * The order in which ONNX Runtime runs what `writeModel` wrote: backwards from the output that was written last, at every node
 * first the input that was written last.
 */
export function executionOrder(outputs: readonly Tensor[]): Node[] {
  const written = new Map(writingOrder(outputs).map((node, place) => [node, place]));
  const order: Node[] = [];
  const visited = new Set<Node>();
  const stack = outputs.flatMap(producer).map((node) => ({ node, leave: false }));
  while (stack.length) {
    const { node, leave } = stack.pop()!;
    if (leave) {
      order.push(node);
      continue;
    }
    if (visited.has(node)) continue;
    visited.add(node);
    stack.push({ node, leave: true });
    const sources = new Set(inputsOf(node).flatMap(producer));
    for (const source of [...sources].sort((a, b) => written.get(a)! - written.get(b)!))
      if (!visited.has(source)) stack.push({ node: source, leave: false });
  }
  return order;
}

const producer = ({ source }: Tensor) => (source.kind === 'node' ? [source.node] : []);

/** The tensors that are read when the node is run. */
function inputsOf({ op, inputs }: Node): Tensor[] {
  return (op === 'MaskGradient' ? inputs.slice(0, 1) : inputs).filter((x) => x !== undefined);
}

/** Memory that one result after the other lies in. */
interface Buffer {
  shape: string;
  bytes: number;
  /** Reads of what lies in it now that are still to come. */
  reads: number;
  /** The node after which it is given back. */
  end: number;
}

class MemoryPlan {
  private readonly order: Node[];
  private readonly buffers = new Map<Tensor, Buffer>();
  private readonly reads = new Map<Tensor, number>();
  /** What lies empty, the latest first. */
  private readonly free: Buffer[] = [];
  /** What each node asks the system for. */
  private readonly made: Buffer[][] = [];

  /** What leaves the graph has memory of its own. */
  private readonly leaving: ReadonlySet<Tensor>;

  constructor(outputs: readonly Tensor[]) {
    this.leaving = new Set(outputs);
    this.order = executionOrder(outputs);
    const read = (x: Tensor) => this.reads.set(x, (this.reads.get(x) ?? 0) + 1);
    for (const node of this.order) inputsOf(node).forEach(read);
    // It is never written over.
    outputs.forEach(read);
  }

  peak(): number {
    this.order.forEach((node, i) => this.place(node, i));
    const ending = new Map<number, number>();
    for (const buffer of this.made.flat()) ending.set(buffer.end, (ending.get(buffer.end) ?? 0) + buffer.bytes);
    let live = 0;
    let peak = 0;
    this.made.forEach((buffers, i) => {
      for (const { bytes } of buffers) live += bytes;
      peak = Math.max(peak, live);
      live -= ending.get(i) ?? 0;
    });
    return peak;
  }

  private place(node: Node, index: number): void {
    const made: Buffer[] = [];
    this.made.push(made);
    for (const output of node.outputs) {
      const buffer = this.bufferFor(node, output);
      if (!buffer) continue;
      this.buffers.set(output, buffer);
      buffer.reads += this.reads.get(output) ?? 0;
      if (buffer.end < 0) made.push(buffer);
      buffer.end = Math.max(buffer.end, index);
    }
    for (const x of inputsOf(node)) this.release(this.buffers.get(x), 1, index);
    for (const output of node.outputs) this.release(this.buffers.get(output), 0, index);
  }

  private release(buffer: Buffer | undefined, reads: number, index: number): void {
    if (!buffer) return;
    buffer.end = index;
    buffer.reads -= reads;
    if (buffer.reads === 0 && !this.free.includes(buffer)) this.free.unshift(buffer);
  }

  private bufferFor(node: Node, output: Tensor): Buffer | undefined {
    const [x] = node.inputs;
    // A view of a weight or of an input has no memory of its own.
    if (views.has(node.op)) return this.buffers.get(x!);
    const shape = shapeKey(output);
    if (!this.leaving.has(output)) {
      for (const at of inPlace[node.op] ?? []) {
        const input = node.inputs[at];
        const buffer = input && this.buffers.get(input);
        if (buffer?.reads === 1 && shapeKey(input!) === shape) return buffer;
      }
      const at = output.rank > 0 ? this.free.findIndex((buffer) => buffer.shape === shape) : -1;
      if (at >= 0) return this.free.splice(at, 1)[0];
    }
    return { shape, bytes: bytesOf(output), reads: 0, end: -1 };
  }
}

const shapeKey = ({ shape, dtype }: Tensor) => `${bytesPerElement(dtype)}:${shape.join()}`;

/** Bytes that a tensor takes. */
export function bytesOf({ shape, dtype }: Tensor): number {
  return elementCount(shape) * bytesPerElement(dtype);
}
