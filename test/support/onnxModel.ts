import { bytesOf, textsOf } from './protobufReader';

/** A constant or weight as an ONNX file declares it. */
export interface Initializer {
  name: string;
  /** Bytes held in the model itself. */
  rawBytes: number;
  /** Where the bytes lie otherwise. */
  external: Record<string, string>;
}

/** What a test wants to know of a serialised ONNX model. */
export interface ModelSummary {
  initializers: Initializer[];
  /** Operator types in order. */
  operators: string[];
  inputs: string[];
  outputs: string[];
  /** Names that the nodes compute. */
  computed: string[];
}

/** Reads a model back with a parser of its own; the numbers are those of the ONNX protobuf schema. */
export function readModel(bytes: Uint8Array): ModelSummary {
  const graph = bytesOf(bytes, 7)[0]!;
  const names = (field: number) => bytesOf(graph, field).map((info) => textsOf(info, 1)[0]!);
  const nodes = bytesOf(graph, 1);
  return {
    initializers: bytesOf(graph, 5).map((tensor) => ({
      name: textsOf(tensor, 8)[0]!,
      rawBytes: bytesOf(tensor, 9)[0]?.length ?? 0,
      external: Object.fromEntries(bytesOf(tensor, 13).map((e) => [textsOf(e, 1)[0]!, textsOf(e, 2)[0]!])),
    })),
    operators: nodes.map((node) => textsOf(node, 4)[0]!),
    inputs: names(11),
    outputs: names(12),
    computed: nodes.flatMap((node) => textsOf(node, 2)),
  };
}
