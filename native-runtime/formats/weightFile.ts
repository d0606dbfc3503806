import { bytesPerElement, type Dtype, elementCount, type TensorData } from '../tensorData';
import { ProductError } from '../../src/common/errors';
import { type PickleValue, TorchTensor } from './pickleValues';
import { readBytes, withRegularFile } from './regularFile';
import { openSafetensors, readTensors } from './safetensors';
import { openTorchFile, readTorchTensors, type TorchFile } from './torchFile';

/** One tensor of a weight file. */
export interface WeightInfo {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  byteLength: number;
  /** Where the values start in the file; missing when they do not lie there row-major in one piece. */
  byteOffset?: number;
}

/** A file of named tensors, whatever its container. */
export interface WeightFile {
  path: string;
  container: 'safetensors' | 'torch';
  /** Names in a torch file are the dictionary keys joined by dots, below `state_dict` where there is one. */
  tensors: Map<string, WeightInfo>;
  metadata: Record<string, string>;
  /** Reads the named tensors, or all. Throws ProductError when one does not exist. */
  read(names?: Iterable<string>): Promise<Map<string, TensorData>>;
}

/**
 * Tells the container of a weight file by its content, never by its name.
 * @throws ProductError when it is not a regular file
 */
export async function weightContainer(path: string): Promise<'safetensors' | 'torch'> {
  return withRegularFile(path, async (file) => {
    const start = await readBytes(file, 0, Math.min(file.size, 512));
    if (Buffer.from(start.subarray(0, 4)).toString('latin1') === 'PK\x03\x04') return 'torch';
    if (start[8] === 0x7b) return 'safetensors';
    const isTar = Buffer.from(start.subarray(257, 262)).toString('latin1') === 'ustar';
    return start[0] === 0x80 || isTar ? 'torch' : 'safetensors';
  });
}

/**
 * Opens a safetensors file or a PyTorch archive.
 * @throws ProductError `bad-file` with the reason
 */
export async function openWeightFile(path: string): Promise<WeightFile> {
  return (await weightContainer(path)) === 'torch' ? openTorchWeights(path) : openSafetensorsWeights(path);
}

async function openSafetensorsWeights(path: string): Promise<WeightFile> {
  const file = await openSafetensors(path);
  return { ...file, container: 'safetensors', read: (names) => readTensors(file, names) };
}

async function openTorchWeights(path: string): Promise<WeightFile> {
  const file = await openTorchFile(path);
  const leaves = flatten(file.root, path);
  return {
    path,
    container: 'torch',
    tensors: new Map([...leaves].map(([name, tensor]) => [name, describe(name, tensor, file)])),
    metadata: {},
    read: async (names) => {
      const wanted = [...(names ?? leaves.keys())];
      const tensors = await readTorchTensors(
        file,
        wanted.map((name) => leaves.get(name) ?? missing(path, name)),
      );
      return new Map(wanted.map((name, i) => [name, tensors[i]!]));
    },
  };
}

function missing(path: string, name: string): never {
  throw refuse(path, `there is no tensor ${name}`);
}

function refuse(path: string, problem: string): ProductError {
  return new ProductError('bad-file', path, problem, 'Is this the right file?');
}

function describe(name: string, tensor: TorchTensor, file: TorchFile): WeightInfo {
  const size = bytesPerElement(tensor.dtype);
  const info = { name, dtype: tensor.dtype, shape: tensor.shape, byteLength: elementCount(tensor.shape) * size };
  if (!tensor.isContiguous) return info;
  return { ...info, byteOffset: file.storages.get(tensor.storage.key)!.byteOffset + tensor.offset * size };
}

const limits = { values: 100_000, depth: 64 };

/** All tensors under their dotted names. The limit stops structures that share parts to look endlessly large. */
function flatten(root: PickleValue, path: string): Map<string, TorchTensor> {
  const top = root instanceof Map && root.get('state_dict') instanceof Map ? root.get('state_dict')! : root;
  const leaves = new Map<string, TorchTensor>();
  let visits = 0;
  const visit = (value: PickleValue, name: string, depth: number): void => {
    if (++visits > limits.values) throw refuse(path, `more than ${limits.values} values in it`);
    if (depth > limits.depth) throw refuse(path, 'its values are nested too deeply');
    if (value instanceof TorchTensor) {
      if (leaves.has(name)) throw refuse(path, `two tensors are named ${name}`);
      leaves.set(name, value);
    } else if (value instanceof Map || Array.isArray(value))
      for (const [key, part] of value.entries() as Iterable<[string | number, PickleValue]>)
        visit(part, name ? `${name}.${key}` : String(key), depth + 1);
  };
  visit(top, '', 0);
  return leaves;
}
