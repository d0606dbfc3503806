import { ProductError } from '../../src/common/errors';
import { atomicWrite } from '../atomicWrite';
import { bytesPerElement, type Dtype, elementCount, type TensorData } from '../tensorData';
import { readBytes, type RegularFile, withRegularFile } from './regularFile';
import { dtypeNames, readHeader, type TensorInfo } from './safetensorsHeader';
import { typedArrayOver } from './typedArray';

export type { TensorInfo };

/** The checked header of a safetensors file; the values stay on disk until they are asked for. */
export interface SafetensorsFile {
  path: string;
  tensors: Map<string, TensorInfo>;
  metadata: Record<string, string>;
}

/** What each opened file looked like on disk, so that one replaced in the meantime is noticed instead of misread. */
const identities = new WeakMap<SafetensorsFile, string>();

/**
 * Reads and checks the header of a safetensors file. A file that passes has all its data.
 * @throws ProductError `bad-file` or `not-found`, naming the field and the remedy
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  return withRegularFile(path, async (file) => {
    const opened = { path, ...(await readHeader(file)) };
    identities.set(opened, file.identity);
    return opened;
  });
}

/**
 * Reads one tensor.
 * @throws ProductError `bad-file` when there is no such tensor or the file changed since it was opened
 */
export async function readTensor(file: SafetensorsFile, name: string): Promise<TensorData> {
  return (await readTensors(file, [name])).get(name)!;
}

/**
 * Reads the named tensors, or all, in the order asked for.
 * @throws ProductError `bad-file` when one does not exist or the file changed since it was opened
 */
export async function readTensors(file: SafetensorsFile, names?: Iterable<string>): Promise<Map<string, TensorData>> {
  const infos = names ? Array.from(names, (name) => requireInfo(file, name)) : [...file.tensors.values()];
  return withRegularFile(file.path, async (opened) => {
    requireUnchanged(file, opened);
    const tensors = new Map<string, TensorData>();
    for (const { name, dtype, shape, byteOffset, byteLength } of infos) {
      const bytes = await readBytes(opened, byteOffset, byteLength);
      tensors.set(name, { dtype, shape, data: typedArrayOver(dtype, bytes.buffer) });
    }
    return tensors;
  });
}

function requireInfo(file: SafetensorsFile, name: string): TensorInfo {
  const info = file.tensors.get(name);
  if (info) return info;
  throw new ProductError('bad-file', file.path, `there is no tensor ${name}`, 'Is this the right file?');
}

function requireUnchanged(file: SafetensorsFile, opened: RegularFile): void {
  const identity = identities.get(file);
  if (identity !== undefined && identity !== opened.identity)
    throw new ProductError('bad-file', file.path, 'the file changed after it was opened', 'Open it again');
}

/**
 * Writes tensors in the reference writer's layout: header padded with spaces to a multiple of 8, tensors sorted by element
 * type (largest alignment first), then by name. The file appears complete or not at all.
 * @throws ProductError `internal` for a tensor whose shape and values disagree, `disk-full`
 */
export async function writeSafetensors(
  path: string,
  tensors: Map<string, TensorData>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const sorted = [...tensors].sort(byDtypeThenName);
  const header = encodeHeader(sorted, metadata, path);
  await atomicWrite(path, async (file) => {
    await file.writeFile(header);
    // One write call is limited to 2 GiB by the operating systems; writeFile splits.
    for (const [, { data }] of sorted)
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

const dtypeOrder = [...dtypeNames.values()];
const nameOfDtype = new Map([...dtypeNames].map(([name, dtype]) => [dtype, name]));

function byDtypeThenName([nameA, a]: [string, TensorData], [nameB, b]: [string, TensorData]): number {
  return (
    dtypeOrder.indexOf(b.dtype) - dtypeOrder.indexOf(a.dtype) || Buffer.compare(Buffer.from(nameA), Buffer.from(nameB))
  );
}

function encodeHeader(
  tensors: readonly (readonly [string, TensorData])[],
  metadata: Record<string, string>,
  path: string,
): Buffer {
  const entries = Object.keys(metadata).length > 0 ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    requireConsistent(name, tensor, path);
    const end = offset + tensor.data.byteLength;
    const description = { dtype: nameOfDtype.get(tensor.dtype), shape: tensor.shape, data_offsets: [offset, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(description)}`);
    offset = end;
  }
  const text = Buffer.from(`{${entries.join(',')}}`);
  const padded = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8), 0);
  text.copy(padded, 8);
  return padded;
}

function requireConsistent(name: string, tensor: TensorData, path: string): void {
  if (name === '__metadata__' || /\p{Surrogate}/u.test(name))
    throw new ProductError('internal', path, `${JSON.stringify(name)} cannot be the name of a tensor`);
  if (byteCount(tensor.shape, tensor.dtype) !== tensor.data.byteLength)
    throw new ProductError(
      'internal',
      path,
      `tensor ${name} of shape [${tensor.shape.join(', ')}] has ${tensor.data.length} values`,
    );
}

function byteCount(shape: readonly number[], dtype: Dtype): number {
  return elementCount(shape) * bytesPerElement(dtype);
}
