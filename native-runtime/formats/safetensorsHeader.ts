import { ProductError } from '../../src/common/errors';
import { JsonSyntaxError, scanJson, type JsonTree } from '../../src/common/jsonScanner';
import { bytesPerElement, type Dtype } from '../tensorData';
import { foreignContent } from './foreignContent';
import { readBytes, type RegularFile } from './regularFile';

/** Where a tensor lies in its file. */
export interface TensorInfo {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** From the start of the file, not of the data. */
  byteOffset: number;
  byteLength: number;
}

/** The names of element types in the file, in the order in which the reference writer sorts them (largest alignment last). */
export const dtypeNames: ReadonlyMap<string, Dtype> = new Map([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['I16', 'int16'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I32', 'int32'],
  ['F32', 'float32'],
  ['F64', 'float64'],
  ['I64', 'int64'],
]);

const limits = { headerBytes: 2 ** 25, tensors: 20_000, rank: 8 };
/** Deeper than any header is; its numbers are places and shapes. */
const headerJson = { depth: 16, wholeNumbers: true };
const lengthBytes = 8;

/**
 * Reads and checks the header: every tensor's range is inside the file, and the ranges tile the data without gap or overlap.
 * Nothing is allocated from a number in the file before that number is checked against the size of the file.
 * @throws ProductError `bad-file`
 */
export async function readHeader(
  file: RegularFile,
): Promise<{ tensors: Map<string, TensorInfo>; metadata: Record<string, string> }> {
  const fail = failIn(file.path);
  const headerBytes = await headerLength(file, fail);
  const header = parseHeader(await readBytes(file, lengthBytes, headerBytes), fail);
  const metadata = parseMetadata(header.get('__metadata__'), fail);
  header.delete('__metadata__');
  if (header.size > limits.tensors) fail(`it declares ${header.size} tensors; at most ${limits.tensors} are accepted`);
  const dataStart = lengthBytes + headerBytes;
  const infos = [...header].map(([name, entry]) => parseEntry(name, entry, dataStart, fail));
  checkTiling(infos, dataStart, file.size, fail);
  return { tensors: new Map(infos.map((info) => [info.name, info])), metadata };
}

type Fail = (problem: string, remedy?: string) => never;

function failIn(path: string): Fail {
  return (problem, remedy = 'The file is damaged or not in the safetensors format; get it again') => {
    throw new ProductError('bad-file', path, problem, remedy);
  };
}

async function headerLength(file: RegularFile, fail: Fail): Promise<number> {
  const start = await readBytes(file, 0, Math.min(file.size, 128));
  const foreign = foreignContent(start);
  if (foreign) fail(foreign.problem, foreign.remedy);
  if (file.size < lengthBytes) fail(`file too small (${file.size} bytes)`);
  const declared = new DataView(start.buffer).getBigUint64(0, true);
  if (declared > BigInt(limits.headerBytes))
    fail(`header too large (${declared} bytes declared, ${limits.headerBytes} accepted)`);
  if (declared > BigInt(file.size - lengthBytes))
    fail(`invalid header length (${declared} bytes declared, the file has ${file.size})`);
  return Number(declared);
}

function parseHeader(bytes: Uint8Array, fail: Fail): Map<string, JsonTree> {
  if (bytes[0] !== 0x7b) fail('the header does not start with {');
  let header: JsonTree;
  try {
    header = scanJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), headerJson);
  } catch (error) {
    return fail(error instanceof JsonSyntaxError ? `header: ${error.message}` : 'the header is not UTF-8 text');
  }
  return header instanceof Map ? header : fail('the header is not an object');
}

function parseMetadata(entry: JsonTree | undefined, fail: Fail): Record<string, string> {
  if (entry === undefined) return {};
  if (!(entry instanceof Map)) return fail('__metadata__ is not an object');
  // A null prototype keeps keys such as __proto__ plain data.
  const metadata = Object.create(null) as Record<string, string>;
  for (const [key, value] of entry) {
    if (typeof value !== 'string') fail(`__metadata__.${key} is not a text`);
    metadata[key] = value as string;
  }
  return metadata;
}

function parseEntry(name: string, entry: JsonTree, dataStart: number, fail: Fail): TensorInfo {
  const shown = shorten(name);
  if (!(entry instanceof Map)) return fail(`tensor ${shown} is not described by an object`);
  const unknown = [...entry.keys()].find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (unknown !== undefined) fail(`tensor ${shown} has an unknown field ${shorten(unknown)}`);
  const dtype = dtypeNames.get(String(entry.get('dtype')));
  if (!dtype) return fail(`tensor ${shown} has the unsupported element type ${shorten(String(entry.get('dtype')))}`);
  const shape = wholeNumbers(entry.get('shape'));
  if (!shape) return fail(`tensor ${shown} has a shape that is not a list of whole numbers`);
  if (shape.length > limits.rank)
    fail(`tensor ${shown} has ${shape.length} dimensions; at most ${limits.rank} are accepted`);
  const offsets = wholeNumbers(entry.get('data_offsets'));
  if (!offsets || offsets.length !== 2) return fail(`tensor ${shown} has data_offsets that are not two whole numbers`);
  const [begin, end] = offsets as [number, number];
  if (end < begin) fail(`tensor ${shown} ends before it begins`);
  const expected = checkedBytes(shape, dtype);
  if (expected !== end - begin)
    fail(
      `tensor ${shown} of shape [${shape.join(', ')}] and type ${dtype} does not fit its ${end - begin} bytes of data`,
    );
  return { name, dtype, shape, byteOffset: dataStart + begin, byteLength: end - begin };
}

function wholeNumbers(value: JsonTree | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((v) => typeof v === 'number' && v >= 0) ? (value as number[]) : undefined;
}

/** Bytes of a tensor, or undefined where a product passes 2^53. */
function checkedBytes(shape: number[], dtype: Dtype): number | undefined {
  let bytes = bytesPerElement(dtype);
  for (const dimension of shape) {
    bytes *= dimension;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

function checkTiling(infos: TensorInfo[], dataStart: number, fileSize: number, fail: Fail): void {
  const sorted = [...infos].sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  let previous: TensorInfo | undefined;
  for (const info of sorted) {
    if (info.byteOffset < end) fail(`tensors ${shorten(previous!.name)} and ${shorten(info.name)} overlap`);
    if (info.byteOffset > end) fail(`there is a gap of ${info.byteOffset - end} bytes before ${shorten(info.name)}`);
    end += info.byteLength;
    previous = info;
  }
  if (end > fileSize)
    fail(`the file is cut off: expected ${end} bytes, file has ${fileSize}`, 'Download or copy it again');
  if (end < fileSize) fail(`there are ${fileSize - end} bytes after the last tensor`);
}

function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}
