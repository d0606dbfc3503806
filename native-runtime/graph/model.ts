import { createHash } from 'node:crypto';
import { readBy, sortNodes, transparent, writingOrder } from './nodeOrder';
import { onnxType } from './operators/elementwise';
import { ProtobufWriter } from './protobuf';
import { branchesOf, isBranch, type Attribute, type Branch, type Node, type Tensor } from './tensor';

/** A graph's named results, and how to reach the weights it reads from files. */
export interface OnnxModel {
  bytes: Uint8Array;
  inputs: Map<string, Tensor>;
  outputs: Map<string, Tensor>;
  nodeCount: number;
}

/** How a weight file is named inside the model: relative to the folder the session is pointed at. */
export type LocationOf = (path: string) => string;

const OPSET = 18;
const IR_VERSION = 9;

/**
 * Writes the part of the graph that the outputs need as an ONNX model. Weights stay in their files as external data,
 * equal constants are written once.
 */
export function writeModel(
  outputs: Readonly<Record<string, Tensor>>,
  locationOf: LocationOf = (path) => path,
): OnnxModel {
  return new ModelWriter(locationOf).write(outputs);
}

class ModelWriter {
  private readonly names = new Map<Tensor, string>();
  private readonly constants = new Map<string, string>();
  private readonly inputs = new Map<string, Tensor>();
  private readonly taken = new Set<string>();
  private readonly nodes: ProtobufWriter[] = [];
  private readonly initializers: ProtobufWriter[] = [];
  private count = 0;
  private nodesInBranches = 0;

  constructor(private readonly locationOf: LocationOf) {}

  write(outputs: Readonly<Record<string, Tensor>>): OnnxModel {
    this.reserve(outputs);
    for (const node of writingOrder(Object.values(outputs))) this.addNode(node, this.nodes);
    const graph = new ProtobufWriter();
    for (const [name, tensor] of Object.entries(outputs)) {
      // A graph output needs a node of its own name: an input or a weight may not be an output, nor one value two.
      this.nodes.push(new ProtobufWriter().bytes(1, this.nameOf(tensor)).bytes(2, name).bytes(4, 'Identity'));
    }
    this.nodes.forEach((node) => graph.bytes(1, node));
    graph.bytes(2, 'graph');
    this.initializers.forEach((initializer) => graph.bytes(5, initializer));
    for (const [name, tensor] of this.inputs) graph.bytes(11, valueInfo(name, tensor));
    for (const [name, tensor] of Object.entries(outputs)) graph.bytes(12, valueInfo(name, tensor));
    const model = new ProtobufWriter()
      .integer(1, IR_VERSION)
      .bytes(7, graph)
      .bytes(8, new ProtobufWriter().bytes(1, '').integer(2, OPSET))
      .bytes(8, new ProtobufWriter().bytes(1, 'com.microsoft').integer(2, 1));
    return {
      bytes: model.finish(),
      inputs: this.inputs,
      outputs: new Map(Object.entries(outputs)),
      nodeCount: this.nodes.length + this.nodesInBranches,
    };
  }

  /** Inputs and outputs keep their names; everything else is named around them. */
  private reserve(outputs: Readonly<Record<string, Tensor>>): void {
    for (const tensor of leaves(Object.values(outputs))) {
      if (tensor.source.kind !== 'input') continue;
      const { name } = tensor.source;
      const known = this.inputs.get(name) ?? tensor;
      if (known.dtype !== tensor.dtype || known.shape.join() !== tensor.shape.join())
        throw new Error(`two inputs called ${name}: [${known.shape.join(', ')}] and [${tensor.shape.join(', ')}]`);
      if (Object.hasOwn(outputs, name)) throw new Error(`${name} is the name of an input and of an output`);
      this.inputs.set(name, tensor);
      this.taken.add(name);
    }
    for (const name of Object.keys(outputs)) this.taken.add(name);
  }

  /** The name itself, or with a number when something else has it. */
  private unique(name: string): string {
    let free = name;
    for (let n = 2; this.taken.has(free); n++) free = `${name}#${n}`;
    this.taken.add(free);
    return free;
  }

  private addNode(node: Node, nodes: ProtobufWriter[]): void {
    if (transparent.has(node.op)) {
      this.names.set(node.outputs[0]!, this.nameOf(node.inputs[0]!));
      return;
    }
    const message = new ProtobufWriter();
    for (const x of branchesOf(node).length ? node.inputs.slice(0, 1) : node.inputs)
      message.bytes(1, x ? this.nameOf(x) : '');
    for (const output of node.outputs) {
      const name = this.unique(`t${this.count++}`);
      this.names.set(output, name);
      message.bytes(2, name);
    }
    message.bytes(4, node.op);
    for (const [name, value] of Object.entries(node.attributes))
      message.bytes(5, isBranch(value) ? this.branch(name, value, node) : attribute(name, value));
    if (node.domain) message.bytes(7, node.domain);
    nodes.push(message);
  }

  /** A branch calls what the node reads by its name in the graph around it; weights and constants are declared there. */
  private branch(name: string, { reads, result }: Branch, { inputs }: Node): ProtobufWriter {
    for (const [i, read] of reads.entries()) this.names.set(read, this.nameOf(inputs[i + 1]!));
    const nodes: ProtobufWriter[] = [];
    for (const node of sortNodes([result])) this.addNode(node, nodes);
    this.nodesInBranches += nodes.length;
    const graph = new ProtobufWriter();
    nodes.forEach((node) => graph.bytes(1, node));
    graph.bytes(2, name).bytes(12, valueInfo(this.nameOf(result), result));
    return new ProtobufWriter().bytes(1, name).bytes(6, graph).integer(20, 5);
  }

  private nameOf(tensor: Tensor): string {
    const known = this.names.get(tensor);
    if (known !== undefined) return known;
    const name = this.declare(tensor);
    this.names.set(tensor, name);
    return name;
  }

  private declare(tensor: Tensor): string {
    const { source } = tensor;
    if (source.kind === 'input') return source.name;
    if (source.kind === 'file') return this.declareFile(tensor, source);
    if (source.kind === 'node') throw new Error(`${source.node.op} was not sorted before its user`);
    const { data } = source.data;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${tensor.dtype}[${tensor.shape.join()}]${createHash('sha256').update(raw).digest('hex')}`;
    const existing = this.constants.get(key);
    if (existing) return existing;
    const name = this.unique(`c${this.constants.size}`);
    this.constants.set(key, name);
    this.initializers.push(tensorHeader(name, tensor).bytes(9, raw));
    return name;
  }

  private declareFile(tensor: Tensor, { name: asked, slice }: Tensor['source'] & { kind: 'file' }): string {
    const key = `${slice.path}:${slice.byteOffset}:${tensor.dtype}[${tensor.shape.join()}]`;
    const existing = this.constants.get(key);
    if (existing) return existing;
    const name = this.unique(asked);
    this.constants.set(key, name);
    const entry = (k: string, v: string | number) => new ProtobufWriter().bytes(1, k).bytes(2, String(v));
    this.initializers.push(
      tensorHeader(name, tensor)
        .bytes(13, entry('location', this.locationOf(slice.path)))
        .bytes(13, entry('offset', slice.byteOffset))
        .bytes(13, entry('length', slice.byteLength))
        .integer(14, 1),
    );
    return name;
  }
}

/** Every input, constant and weight that the tensors depend on. */
export function leaves(tensors: readonly Tensor[]): Set<Tensor> {
  const nodes = sortNodes(tensors);
  const read = [...tensors, ...nodes.flatMap(readBy)];
  const found = new Set(read.filter((x): x is Tensor => x !== undefined && x.source.kind !== 'node'));
  for (const branch of nodes.flatMap(branchesOf))
    for (const leaf of leaves([branch.result])) if (!branch.reads.includes(leaf)) found.add(leaf);
  return found;
}

function tensorHeader(name: string, { shape, dtype }: Tensor): ProtobufWriter {
  const message = new ProtobufWriter();
  shape.forEach((d) => message.integer(1, d));
  return message.integer(2, onnxType[dtype]).bytes(8, name);
}

function valueInfo(name: string, { shape, dtype }: Tensor): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  shape.forEach((d) => dimensions.bytes(1, new ProtobufWriter().integer(1, d)));
  const tensorType = new ProtobufWriter().integer(1, onnxType[dtype]).bytes(2, dimensions);
  return new ProtobufWriter().bytes(1, name).bytes(2, new ProtobufWriter().bytes(1, tensorType));
}

function attribute(name: string, value: Exclude<Attribute, Branch>): ProtobufWriter {
  const message = new ProtobufWriter().bytes(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.bytes(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  (value as readonly number[]).forEach((v) => message.integer(8, v));
  return message.integer(20, 7);
}
