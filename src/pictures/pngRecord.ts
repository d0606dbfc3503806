import { open, type FileHandle } from 'node:fs/promises';

/** What is read of a picture without decoding it. */
export interface PngRecord {
  width: number;
  height: number;
  /** The product's own record as parsed JSON; absent when the picture has none or it is damaged. */
  record?: unknown;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const KEYWORD = 'custom-diffusion';
const LARGEST_RECORD = 1 << 20;
/** Text comes before the picture's data in our files; a stranger's file is not searched for ever. */
const MOST_CHUNKS = 1000;

/** Reads a PNG's size and our record; nothing when the file is not a PNG or cannot be read. */
export async function readPngRecord(path: string): Promise<PngRecord | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const head = await readAt(file, 0, 33);
    if (!head || !SIGNATURE.equals(head.subarray(0, 8)) || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
    const size = { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
    const json = await findRecord(file);
    const record = json === undefined ? undefined : parseJson(json);
    return record === undefined ? size : { ...size, record };
  } catch {
    return undefined;
  } finally {
    await file.close().catch(() => {});
  }
}

async function findRecord(file: FileHandle): Promise<string | undefined> {
  let position = 33;
  for (let count = 0; count < MOST_CHUNKS; count++) {
    const head = await readAt(file, position, 8);
    if (!head) return undefined;
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') return undefined;
    if (type === 'iTXt' && length <= LARGEST_RECORD + 1024) {
      const text = recordText(await readAt(file, position + 8, length));
      if (text !== undefined) return text;
    }
    position += 12 + length;
  }
  return undefined;
}

/** The text of an iTXt chunk with our keyword: keyword, NUL, flags, language, NUL, translation, NUL, UTF-8. Ours is never compressed. */
function recordText(data: Buffer | undefined): string | undefined {
  const end = data?.indexOf(0) ?? -1;
  if (!data || end < 1 || data.toString('latin1', 0, end) !== KEYWORD || data[end + 1] !== 0) return undefined;
  const language = data.indexOf(0, end + 3);
  const translation = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translation < 0 ? undefined : data.toString('utf8', translation + 1);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return bytesRead === length ? buffer : undefined;
}
