import { endianness } from 'node:os';
import { ProductError } from '../../src/common/errors';
import { bytesPerElement, elementCount, type TensorData, type TypedArray } from '../tensorData';
import { interpretPickle } from './pickleMachine';
import { type PickleValue, type TorchStorage, TorchTensor } from './pickleValues';
import { type RegularFile, withRegularFile } from './regularFile';
import { readRecord, readTorchRecords, type TorchRecord } from './torchArchive';
import { typedArrayOver } from './typedArray';

/** An opened `.bin`, `.ckpt` or `.pt`: its structure, with tensors that stay on disk until they are asked for. */
export interface TorchFile {
  path: string;
  root: PickleValue;
  /** Record of each storage key. */
  storages: Map<string, TorchRecord>;
  identity: string;
}

const maxPickleBytes = 2 ** 26;

/**
 * Opens a file of `torch.save` as data: the pickle in it is interpreted, nothing of it is run.
 * @throws ProductError `bad-file`
 */
export async function openTorchFile(path: string): Promise<TorchFile> {
  return withRegularFile(path, async (file) => {
    const records = await readTorchRecords(file);
    await requireLittleEndian(file, records);
    const root = interpret(path, await readRecord(file, 'data.pkl', pickleRecord(path, records)));
    const storages = new Map([...records].filter(([n]) => n.startsWith('data/')).map(([n, r]) => [n.slice(5), r]));
    for (const tensor of tensorsIn(root, path)) requireStored(tensor.storage, storages, path);
    return { path, root, storages, identity: file.identity };
  });
}

function pickleRecord(path: string, records: Map<string, TorchRecord>): TorchRecord {
  const record = records.get('data.pkl');
  if (records.has('constants.pkl')) throw refuse(path, 'this is a TorchScript program, not a weight file');
  if (!record) throw refuse(path, 'this archive holds no data.pkl, so it is not a PyTorch file');
  if (record.byteLength > maxPickleBytes) throw refuse(path, `its data.pkl has ${record.byteLength} bytes, too many`);
  return record;
}

function refuse(path: string, problem: string): ProductError {
  return new ProductError('bad-file', path, problem, 'Use a .safetensors version of the file');
}

async function requireLittleEndian(file: RegularFile, records: Map<string, TorchRecord>): Promise<void> {
  const record = records.get('byteorder');
  if (!record) return;
  if (record.byteLength > 16) throw refuse(file.path, 'its byteorder record is damaged');
  const order = Buffer.from(await readRecord(file, 'byteorder', record)).toString('latin1');
  if (order !== 'little' || endianness() !== 'LE')
    throw refuse(file.path, `its values are stored ${JSON.stringify(order)}-endian`);
}

function interpret(path: string, pickle: Uint8Array): PickleValue {
  try {
    return interpretPickle(pickle);
  } catch (error) {
    throw new ProductError(
      'bad-file',
      path,
      `its data.pkl is not accepted: ${(error as Error).message}`,
      'Nothing of it was run; use a .safetensors version from a source you trust',
    );
  }
}

/** All tensors, each once however often it is shared; a pickle can share parts of itself to look endlessly large. */
function tensorsIn(root: PickleValue, path: string): Set<TorchTensor> {
  const seen = new Set<PickleValue>();
  const tensors = new Set<TorchTensor>();
  const depthLimit = 64;
  const visit = (value: PickleValue, depth: number): void => {
    if (value instanceof TorchTensor) tensors.add(value);
    if (!(value instanceof Map || Array.isArray(value)) || seen.has(value)) return;
    if (depth > depthLimit) throw refuse(path, 'its values are nested too deeply');
    seen.add(value);
    for (const part of value.values() as Iterable<PickleValue>) visit(part, depth + 1);
  };
  visit(root, 0);
  return tensors;
}

function requireStored(storage: TorchStorage, records: Map<string, TorchRecord>, path: string): void {
  const record = records.get(storage.key);
  if (!record) throw refuse(path, `the record data/${storage.key} is missing`);
  const expected = storage.count * bytesPerElement(storage.dtype);
  if (record.byteLength !== expected)
    throw refuse(path, `the record data/${storage.key} has ${record.byteLength} bytes where ${expected} are declared`);
}

/**
 * Reads tensors of an opened file, in order. A storage used by several is read once.
 * @throws ProductError `bad-file` when a checksum is wrong or the file changed since it was opened
 */
export async function readTorchTensors(file: TorchFile, tensors: readonly TorchTensor[]): Promise<TensorData[]> {
  return withRegularFile(file.path, async (opened) => {
    if (opened.identity !== file.identity)
      throw new ProductError('bad-file', file.path, 'the file changed after it was opened', 'Open it again');
    const uses = new Map<string, number>();
    for (const { storage } of tensors) uses.set(storage.key, (uses.get(storage.key) ?? 0) + 1);
    const shared = new Map<string, ArrayBuffer>();
    const out: TensorData[] = [];
    for (const tensor of tensors) {
      const { key } = tensor.storage;
      const bytes = shared.get(key) ?? (await readRecord(opened, `data/${key}`, file.storages.get(key)!)).buffer;
      const isShared = uses.get(key)! > 1;
      if (isShared) shared.set(key, bytes);
      out.push(materialize(tensor, bytes, isShared));
    }
    return out;
  });
}

/** The tensor's values row-major, in memory that no other tensor shares. */
function materialize(tensor: TorchTensor, storage: ArrayBuffer, isShared: boolean): TensorData {
  const { dtype, shape, offset } = tensor;
  const size = bytesPerElement(dtype);
  const count = elementCount(shape);
  if (tensor.isContiguous) {
    const takesAll = !isShared && offset === 0 && storage.byteLength === count * size;
    const buffer = takesAll ? storage : storage.slice(offset * size, (offset + count) * size);
    return { dtype, shape, data: typedArrayOver(dtype, buffer) };
  }
  const data = typedArrayOver(dtype, new ArrayBuffer(count * size));
  gather(tensor, typedArrayOver(dtype, storage), data);
  return { dtype, shape, data };
}

function gather({ offset, shape, strides }: TorchTensor, from: TypedArray, to: TypedArray): void {
  const index = new Array<number>(shape.length).fill(0);
  let position = offset;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[position]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      position += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      position -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}
