import { type PickleValue, TorchTensor } from '../formats/pickleValues';
import { openTorchFile, readTorchTensors } from '../formats/torchFile';
import type { TensorData } from '../tensorData';
import { notADelta } from './delta';

/** Nested data of a file with its tensors read. */
export type LoadedTree = null | boolean | number | bigint | string | Uint8Array | TensorData | LoadedTree[] | LoadedMap;
export type LoadedMap = Map<string | number, LoadedTree>;

/** A tree deeper or larger than any delta is not read at all. */
const limits = { depth: 4, values: 100_000 };

/**
 * Reads a PyTorch file with all its tensors.
 * @throws ProductError `bad-file`
 */
export async function readTree(path: string): Promise<LoadedTree> {
  const file = await openTorchFile(path);
  const found: TorchTensor[] = [];
  let values = 0;
  // First pass: what must be read; second pass: the tree with it.
  const walk = <T>(value: PickleValue, leaf: (tensor: TorchTensor) => T, depth = 0): unknown => {
    if (++values > 2 * limits.values || depth > limits.depth) throw notADelta(path, 'it is nested unlike any delta');
    if (value instanceof TorchTensor) return leaf(value);
    if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, walk(part, leaf, depth + 1)]));
    if (Array.isArray(value)) return value.map((part: PickleValue) => walk(part, leaf, depth + 1));
    return value;
  };
  walk(file.root, (tensor) => found.push(tensor));
  const unique = [...new Set(found)];
  const data = await readTorchTensors(file, unique);
  const loaded = new Map(unique.map((tensor, i) => [tensor, data[i]!]));
  return walk(file.root, (tensor) => loaded.get(tensor)!) as LoadedTree;
}

/** Whether a part of the tree is a tensor. */
export function isTensor(value: LoadedTree | undefined): value is TensorData {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;
}

/**
 * The part as a dictionary.
 * @throws ProductError `bad-file` naming it
 */
export function requireMap(value: LoadedTree | undefined, name: string, path: string): LoadedMap {
  if (value instanceof Map) return value;
  throw notADelta(path, `${name} is not a dictionary`);
}
