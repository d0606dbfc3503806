import { ProductError } from '../errors';
import { JsonSyntaxError, scanJson, type JsonTree } from '../jsonScanner';
import { foreignContent } from './foreignContent';

/** A type of element: how it is called where the header is used, and its size. */
export interface ElementType<Name extends string = string> {
  name: Name;
  bytes: number;
}

/** A tensor as a header describes it. */
export interface HeaderTensor<Name extends string = string> {
  name: string;
  dtype: Name;
  shape: number[];
  /** From the start of the file, not of the data. */
  byteOffset: number;
  byteLength: number;
}

/** A checked header. */
export interface SafetensorsHeader<Name extends string = string> {
  tensors: HeaderTensor<Name>[];
  metadata: Record<string, string>;
}

/** The element types a reader accepts, by their names in the file. */
export type ElementTypes<Name extends string = string> = ReadonlyMap<string, ElementType<Name>>;

/** Bytes of the number that a file begins with: the length of its header. */
export const LENGTH_BYTES = 8;

/** Bytes at the start of a file that {@link checkedHeaderLength} looks at. */
export const START_BYTES = 128;

const limits = { headerBytes: 2 ** 25, tensors: 20_000, rank: 8 };
/** Deeper than any header is; its numbers are places and shapes. */
const headerJson = { depth: 16, wholeNumbers: true };

/**
 * The length of the header of a file of `fileSize` bytes that begins with `start`. Nothing may be allocated from the number in the
 * file before it went through here.
 * @throws ProductError `bad-file`
 */
export function checkedHeaderLength(start: Uint8Array, fileSize: number, path: string): number {
  const fail = failIn(path);
  const foreign = foreignContent(start);
  if (foreign) fail(foreign.problem, foreign.remedy);
  if (fileSize < LENGTH_BYTES) fail(`file too small (${fileSize} bytes)`);
  const declared = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (declared > BigInt(limits.headerBytes))
    fail(`header too large (${declared} bytes declared, ${limits.headerBytes} accepted)`);
  if (declared > BigInt(fileSize - LENGTH_BYTES))
    fail(`invalid header length (${declared} bytes declared, the file has ${fileSize})`);
  return Number(declared);
}

/**
 * Reads and checks a header: every tensor's range is inside the file, and the ranges tile the data without gap or overlap.
 * @throws ProductError `bad-file`
 */
export function parseSafetensorsHeader<Name extends string>(
  bytes: Uint8Array,
  fileSize: number,
  path: string,
  types: ElementTypes<Name>,
): SafetensorsHeader<Name> {
  const fail = failIn(path);
  const header = parseHeader(bytes, fail);
  const metadata = parseMetadata(header.get('__metadata__'), fail);
  header.delete('__metadata__');
  if (header.size > limits.tensors) fail(`it declares ${header.size} tensors; at most ${limits.tensors} are accepted`);
  const dataStart = LENGTH_BYTES + bytes.length;
  const tensors = [...header].map(([name, entry]) => parseEntry(name, entry, dataStart, types, fail));
  checkTiling(tensors, dataStart, fileSize, fail);
  return { tensors, metadata };
}

type Fail = (problem: string, remedy?: string) => never;

function failIn(path: string): Fail {
  return (problem, remedy = 'The file is damaged or not in the safetensors format; get it again') => {
    throw new ProductError('bad-file', path, problem, remedy);
  };
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

function parseEntry<Name extends string>(
  name: string,
  entry: JsonTree,
  dataStart: number,
  types: ElementTypes<Name>,
  fail: Fail,
): HeaderTensor<Name> {
  const shown = shorten(name);
  if (!(entry instanceof Map)) return fail(`tensor ${shown} is not described by an object`);
  const unknown = [...entry.keys()].find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (unknown !== undefined) fail(`tensor ${shown} has an unknown field ${shorten(unknown)}`);
  const type = types.get(String(entry.get('dtype')));
  if (!type) return fail(`tensor ${shown} has the unsupported element type ${shorten(String(entry.get('dtype')))}`);
  const shape = wholeNumbers(entry.get('shape'));
  if (!shape) return fail(`tensor ${shown} has a shape that is not a list of whole numbers`);
  if (shape.length > limits.rank)
    fail(`tensor ${shown} has ${shape.length} dimensions; at most ${limits.rank} are accepted`);
  const offsets = wholeNumbers(entry.get('data_offsets'));
  if (!offsets || offsets.length !== 2) return fail(`tensor ${shown} has data_offsets that are not two whole numbers`);
  const [begin, end] = offsets as [number, number];
  if (end < begin) fail(`tensor ${shown} ends before it begins`);
  const expected = checkedBytes(shape, type.bytes);
  if (expected !== end - begin)
    fail(
      `tensor ${shown} of shape [${shape.join(', ')}] and type ${type.name} does not fit its ${end - begin} bytes of data`,
    );
  return { name, dtype: type.name, shape, byteOffset: dataStart + begin, byteLength: end - begin };
}

function wholeNumbers(value: JsonTree | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((v) => typeof v === 'number' && v >= 0) ? (value as number[]) : undefined;
}

/** Bytes of a tensor, or undefined where a product passes 2^53. */
function checkedBytes(shape: number[], elementBytes: number): number | undefined {
  let bytes = elementBytes;
  for (const dimension of shape) {
    bytes *= dimension;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

function checkTiling(infos: HeaderTensor[], dataStart: number, fileSize: number, fail: Fail): void {
  const sorted = [...infos].sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  let previous: HeaderTensor | undefined;
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
