import type { FileHandle } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { ProductError } from '../../src/common/errors';
import { withRegularFile } from '../formats/regularFile';
import { formatParameters, shorten, type GenerationParameters } from './parameters';
import { crc32, internationalTextChunk, PNG_SIGNATURE, textChunk } from './pngChunks';

/** What is written into a picture: the A1111 fields and the product's own record (anything JSON can hold). */
export interface PictureMetadata {
  parameters: GenerationParameters;
  record: Readonly<Record<string, unknown>>;
}

/** What a PNG says about itself. Text comes from strangers: show it as text, never as markup. */
export interface PngMetadata {
  width: number;
  height: number;
  /** The A1111 `parameters` text, if there is one. */
  parameters?: string;
  /** The product's own record, if there is one and it is a JSON object. */
  record?: Record<string, unknown>;
  /** Every text entry by keyword, the two above included. */
  text: Map<string, string>;
  /** Keywords or chunk types that were left out because they were too long, damaged or too many. */
  skipped: string[];
}

/** The keyword of the product's own record. */
export const RECORD_KEYWORD = 'custom-diffusion';

/** Bytes a text entry may have, read or written, after decompression. */
export const MAX_TEXT_BYTES = 1 << 20;

const MAX_STRING_LENGTH = 32_768;
const MAX_TEXT_ENTRIES = 64;
const MAX_CHUNKS = 1_000_000;

/**
 * The text chunks of a picture. Overlong strings in the record are shortened.
 * @throws ProductError `bad-input` when the record is larger than 1 MiB of JSON even so.
 */
export function metadataChunks(metadata: PictureMetadata): Buffer[] {
  const json = JSON.stringify(metadata.record, (_, value: unknown) =>
    typeof value === 'string' ? shorten(value, MAX_STRING_LENGTH) : value,
  );
  if (Buffer.byteLength(json) > MAX_TEXT_BYTES)
    throw new ProductError('bad-input', 'metadata', 'is larger than 1 MiB', 'Store less in the picture');
  return [textChunk('parameters', formatParameters(metadata.parameters)), internationalTextChunk(RECORD_KEYWORD, json)];
}

/**
 * Reads a PNG's size and text entries without reading the picture itself. Entries that are too long or damaged are
 * left out and named in `skipped`; the rest of the file still counts.
 * @throws ProductError `bad-image` when the file is not a PNG; `not-found` when it does not exist; `bad-file` when it cannot be read.
 */
export async function readPngMetadata(path: string): Promise<PngMetadata> {
  return withRegularFile(path, async ({ handle }) => {
    const { width, height } = await readHeader(handle, path);
    const { text, skipped } = await readTextChunks(handle);
    const record = parseRecord(text.get(RECORD_KEYWORD));
    const parameters = text.get('parameters');
    return {
      width,
      height,
      text,
      skipped,
      ...(parameters === undefined ? {} : { parameters }),
      ...(record === undefined ? {} : { record }),
    };
  });
}

async function readHeader(file: FileHandle, path: string): Promise<{ width: number; height: number }> {
  const head = await readAt(file, 0, 33).catch(() => undefined);
  const isPng = head && PNG_SIGNATURE.equals(head.subarray(0, 8)) && head.toString('latin1', 12, 16) === 'IHDR';
  if (!isPng) throw new ProductError('bad-image', path, 'is not a PNG', 'Choose a picture this product has written');
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

async function readTextChunks(file: FileHandle): Promise<{ text: Map<string, string>; skipped: string[] }> {
  const text = new Map<string, string>();
  const skipped: string[] = [];
  let position = 33;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = await readAt(file, position, 8);
    if (!head) break;
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') break;
    if (type === 'tEXt' || type === 'zTXt' || type === 'iTXt') {
      const entry = await readEntry(file, position, length, type);
      if (!entry || text.size >= MAX_TEXT_ENTRIES) pushCapped(skipped, entry?.keyword ?? type);
      else if (!text.has(entry.keyword)) text.set(entry.keyword, entry.text);
    }
    position += 12 + length;
  }
  return { text, skipped };
}

/** A text entry, or nothing when it is too long, cut off, damaged or malformed. */
async function readEntry(file: FileHandle, position: number, length: number, type: string) {
  if (length > MAX_TEXT_BYTES + 1024) return undefined;
  const chunk = await readAt(file, position + 4, length + 8);
  if (!chunk || crc32(chunk.subarray(0, 4 + length)) !== chunk.readUInt32BE(4 + length)) return undefined;
  try {
    return decodeEntry(type, chunk.subarray(4, 4 + length));
  } catch {
    return undefined; // zlib refuses bad data and anything that grows past the cap
  }
}

function decodeEntry(type: string, data: Buffer): { keyword: string; text: string } | undefined {
  const end = data.indexOf(0);
  if (end < 1 || end > 79) return undefined;
  const keyword = data.toString('latin1', 0, end);
  if (type === 'tEXt') return { keyword, text: data.toString('latin1', end + 1) };
  if (type === 'zTXt') return { keyword, text: inflate(data.subarray(end + 2)).toString('latin1') };
  const language = data.indexOf(0, end + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const body = data.subarray(translated + 1);
  return { keyword, text: (data[end + 1] === 1 ? inflate(body) : body).toString('utf8') };
}

function inflate(data: Uint8Array): Buffer {
  return inflateSync(data, { maxOutputLength: MAX_TEXT_BYTES });
}

/** Exactly `length` bytes at `position`, or nothing when the file ends before. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return bytesRead === length ? buffer : undefined;
}

function parseRecord(json: string | undefined): Record<string, unknown> | undefined {
  if (json === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function pushCapped(list: string[], item: string): void {
  if (list.length < MAX_TEXT_ENTRIES) list.push(item);
}
