import type { OnnxModel } from './model';
import { onnxType } from './operators/elementwise';
import { ProtobufWriter } from './protobuf';
import { protobufFields } from './protobufFields';
import { input, type Tensor } from './tensor';

/** How a graph of one step becomes one of many. What is not named is the same for every step, or not asked for. */
export interface LoopPlan {
  /** The most steps of one run. */
  capacity: number;
  /** Inputs that the step before gives: the input's name, and the output that becomes its next value. */
  carried: ReadonlyMap<string, string>;
  /** Inputs of which each step has its own, and the carried input that counts them; the iteration's number if left out. */
  perStep: ReadonlyMap<string, string | undefined>;
  /** Outputs that are kept of every step. */
  kept: readonly string[];
  /** A bool output: whether there is another step. */
  goOn: string;
}

/** The input that says how many steps to take. */
export const LOOP_STEPS = 'loop.steps';

/** What an input or output of a step is called outside the loop: names inside must not hide those outside. */
export const outside = (name: string) => `loop.${name}`;

// Fields of ONNX's messages.
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5 } as const;
const [ITERATION, CONDITION] = ['loop.iteration', 'loop.condition'];

/**
 * Puts a step's graph into the body of an ONNX `Loop`. Carried values go from one step to the next without leaving the device; inputs of
 * the steps are stacked on a new first axis and cut by number.
 */
export function writeLoop(step: OnnxModel, plan: LoopPlan): OnnxModel {
  const shared = [...step.inputs].filter(([name]) => !plan.carried.has(name) && !plan.perStep.has(name));
  const inputs = new Map<string, Tensor>([
    [LOOP_STEPS, input(LOOP_STEPS, [], 'int64')],
    ...[...plan.carried.keys()].map((name): [string, Tensor] => [outside(name), named(step.inputs, name)]),
    ...[...plan.perStep.keys()].map((name): [string, Tensor] => {
      const { shape, dtype } = named(step.inputs, name);
      return [outside(name), input(outside(name), [plan.capacity, ...shape], dtype)];
    }),
    ...shared,
  ]);
  const graph = new ProtobufWriter().bytes(GRAPH.node, loopNode(step, plan)).bytes(GRAPH.name, 'loop');
  for (const [name, { shape, dtype }] of inputs) graph.bytes(GRAPH.input, valueInfo(name, dtype, shape));
  const results = [...plan.carried.values(), ...plan.kept];
  for (const [i, name] of results.entries()) {
    const { shape, dtype } = named(step.outputs, name);
    // The steps may end early, so their number is not known before.
    graph.bytes(GRAPH.output, valueInfo(outside(name), dtype, i < plan.carried.size ? shape : ['steps', ...shape]));
  }
  const model = new ProtobufWriter();
  for (const { field, content, value } of protobufFields(step.bytes))
    if (field === MODEL_GRAPH) model.bytes(MODEL_GRAPH, graph);
    else if (content.length) model.bytes(field, content);
    else model.integer(field, value);
  const outputs = new Map(results.map((name) => [outside(name), named(step.outputs, name)]));
  return { bytes: model.finish(), inputs, outputs, nodeCount: step.nodeCount + plan.perStep.size + 1 };
}

function loopNode(step: OnnxModel, plan: LoopPlan): ProtobufWriter {
  const node = new ProtobufWriter();
  // No condition at the start: the first step is always taken.
  for (const name of [LOOP_STEPS, '', ...[...plan.carried.keys()].map(outside)]) node.bytes(NODE.input, name);
  for (const name of [...plan.carried.values(), ...plan.kept]) node.bytes(NODE.output, outside(name));
  node.bytes(NODE.type, 'Loop');
  const body = new ProtobufWriter().bytes(1, 'body').bytes(6, bodyGraph(step, plan)).integer(20, 5);
  return node.bytes(NODE.attribute, body);
}

function bodyGraph(step: OnnxModel, plan: LoopPlan): ProtobufWriter {
  const graphField = protobufFields(step.bytes).find(({ field }) => field === MODEL_GRAPH);
  const fields = protobufFields(graphField!.content);
  const body = new ProtobufWriter();
  for (const [name, counter] of plan.perStep) {
    const cut = new ProtobufWriter().bytes(NODE.input, outside(name)).bytes(NODE.input, counter ?? ITERATION);
    body.bytes(GRAPH.node, cut.bytes(NODE.output, name).bytes(NODE.type, 'Gather'));
  }
  const infos = new Map<string, Uint8Array>();
  for (const { field, content } of fields)
    if (field === GRAPH.input || field === GRAPH.output) infos.set(nameOf(content), content);
    else body.bytes(field, content);
  body.bytes(GRAPH.input, valueInfo(ITERATION, 'int64', [])).bytes(GRAPH.input, valueInfo(CONDITION, 'bool', []));
  for (const name of plan.carried.keys()) body.bytes(GRAPH.input, infos.get(name)!);
  for (const name of [plan.goOn, ...plan.carried.values(), ...plan.kept]) body.bytes(GRAPH.output, infos.get(name)!);
  return body;
}

function nameOf(info: Uint8Array): string {
  const name = protobufFields(info).find(({ field }) => field === 1);
  return new TextDecoder().decode(name!.content);
}

function valueInfo(name: string, dtype: Tensor['dtype'], shape: readonly (number | string)[]): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const length of shape) {
    const dimension = new ProtobufWriter();
    dimensions.bytes(1, typeof length === 'number' ? dimension.integer(1, length) : dimension.bytes(2, length));
  }
  const type = new ProtobufWriter().integer(1, onnxType[dtype]).bytes(2, dimensions);
  return new ProtobufWriter().bytes(1, name).bytes(2, new ProtobufWriter().bytes(1, type));
}

function named(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new RangeError(`the step has no input or output ${name}`);
  return tensor;
}
