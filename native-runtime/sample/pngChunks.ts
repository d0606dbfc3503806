import { ProductError } from '../../src/common/errors';

/** The eight bytes every PNG starts with. */
export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const SIGNATURE_AND_HEADER = 8 + 12 + 13;

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** The CRC-32 of a chunk's type and data (ISO 3309, as PNG asks). */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}

/** One PNG chunk: length, four-letter type, data, CRC. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/**
 * A text chunk as Pillow (and so the A1111 web UI) chooses it: tEXt when Latin-1 can hold the text, else uncompressed
 * iTXt in UTF-8. NUL characters, which end a field, are left out.
 */
export function textChunk(keyword: string, text: string): Buffer {
  const clean = text.replaceAll('\0', '');
  return isLatin1(clean)
    ? pngChunk('tEXt', Buffer.from(`${keyword}\0${clean}`, 'latin1'))
    : internationalTextChunk(keyword, clean);
}

/** An uncompressed iTXt chunk: keyword, no compression, no language, no translated keyword, UTF-8 text. */
export function internationalTextChunk(keyword: string, text: string): Buffer {
  return pngChunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text.replaceAll('\0', '')}`, 'utf8'));
}

/**
 * The PNG with the chunks put right after its header, where readers find them without passing the picture.
 * @throws ProductError `internal` when the bytes do not start as a PNG does.
 */
export function insertAfterHeader(png: Uint8Array, chunks: readonly Uint8Array[]): Buffer {
  if (png.length < SIGNATURE_AND_HEADER || !PNG_SIGNATURE.equals(png.subarray(0, 8)))
    throw new ProductError('internal', '', 'the encoder did not return a PNG');
  return Buffer.concat([png.subarray(0, SIGNATURE_AND_HEADER), ...chunks, png.subarray(SIGNATURE_AND_HEADER)]);
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}
