import type { Dtype } from '../tensorData';
import { elementCount } from '../tensorData';
import { TorchStorage, TorchTensor } from './pickleValues';

/**
 * Python names a pickle may mention, and what they mean here. Nothing of Python is run: a name either selects one of our
 * constructors or stands for an object that is dropped. Every other name is refused.
 */
export type PickleGlobal =
  | { kind: 'storage'; dtype: Dtype }
  | { kind: 'call'; name: string; call: (args: readonly unknown[]) => unknown }
  | { kind: 'dropped'; name: string };

/** An object of no interest (a training callback, a NumPy scalar): it may be built, never looked into. */
export class Dropped {
  constructor(readonly name: string) {}
}

const maxRank = 8;

const storages: Record<string, Dtype> = {
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  DoubleStorage: 'float64',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

const calls: Record<string, (args: readonly unknown[]) => unknown> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor_v2': (args) => rebuildTensor(args, 6, 7),
  'torch._utils._rebuild_tensor': (args) => rebuildTensor(args, 4, 4),
  'torch._utils._rebuild_parameter': rebuildParameter,
};

// What published Stable Diffusion checkpoints carry beside their weights.
const dropped = [
  'pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint',
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.dtype',
  '_codecs.encode',
  'torch.Size',
];

const table = new Map<string, PickleGlobal>([
  ...Object.entries(storages).map(([name, dtype]) => [`torch.${name}`, { kind: 'storage', dtype }] as const),
  ...Object.entries(calls).map(([name, call]) => [name, { kind: 'call', name, call }] as const),
  ...dropped.map((name) => [name, { kind: 'dropped', name }] as const),
]);

/**
 * Looks a Python name up in the allow-list.
 * @throws Error saying why it is refused
 */
export function pickleGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  const found = table.get(full);
  if (found) return found;
  if (/^torch\._utils\._rebuild_(sparse|q|nested|meta)/.test(full))
    throw new Error(`it holds sparse or quantised tensors (${full}), which are not supported`);
  throw new Error(`it asks for ${JSON.stringify(full.slice(0, 200))}, which is not on the list of harmless names`);
}

function orderedDict(args: readonly unknown[]): Map<unknown, unknown> {
  if (args.length > 0) throw new Error('an OrderedDict with arguments');
  return new Map();
}

function rebuildParameter(args: readonly unknown[]): TorchTensor {
  const [tensor] = args;
  if (!(tensor instanceof TorchTensor) || args.length !== 3) throw new Error('a parameter without a tensor');
  return tensor;
}

/** Arguments: storage, offset, shape, strides[, requires_grad, hooks[, metadata]]. */
function rebuildTensor(args: readonly unknown[], least: number, most: number): TorchTensor {
  const [storage, offset, shape, strides, , hooks] = args;
  if (args.length < least || args.length > most) throw new Error(`a tensor of ${args.length} arguments`);
  if (!(storage instanceof TorchStorage)) throw new Error('a tensor without a storage');
  if (hooks instanceof Map && hooks.size > 0) throw new Error('a tensor with hooks');
  if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
    throw new Error('a tensor whose offset, shape or strides are not whole numbers');
  if (shape.length > maxRank) throw new Error(`a tensor of ${shape.length} dimensions`);
  requireInside(storage, offset, shape, strides);
  return new TorchTensor(storage, offset, shape, strides);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function requireInside(storage: TorchStorage, offset: number, shape: number[], strides: number[]): void {
  const count = elementCount(shape);
  // A view with stride 0 may repeat values without end; no weight file needs one larger than its storage.
  if (count > storage.count) throw new Error(`a tensor of ${count} values over a storage of ${storage.count}`);
  const last = shape.reduce((index, size, i) => index + (size - 1) * strides[i]!, offset);
  if (count > 0 && last >= storage.count)
    throw new Error(`a tensor that reaches value ${last} of a storage of ${storage.count}`);
}
