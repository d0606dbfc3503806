import { crc32 } from 'node:zlib';
import { ProductError } from '../../src/common/errors';
import { atomicWrite } from '../atomicWrite';
import { encodePickle, type TorchData } from './pickleWriter';

const folder = 'archive';
const dataAlignment = 64;
const maxBytes = 0xffffffff;

/**
 * Writes an archive that `torch.load(..., weights_only=True)` reads. The file appears complete or not at all.
 * @throws ProductError `bad-input` beyond 4 GiB, `disk-full`
 */
export async function writeTorchFile(path: string, root: TorchData): Promise<void> {
  const { pickle, tensors } = encodePickle(root);
  const records = new Map<string, Uint8Array>([
    ['data.pkl', pickle],
    ['byteorder', Buffer.from('little')],
    ...tensors.map(({ data }, i) => [`data/${i}`, bytesOf(data)] as const),
    ['version', Buffer.from('3\n')],
  ]);
  const pieces = archivePieces(records);
  if (pieces.reduce((sum, piece) => sum + piece.byteLength, 0) > maxBytes)
    throw new ProductError('bad-input', path, 'the tensors need more than 4 GiB', 'Save them as .safetensors');
  await atomicWrite(path, async (file) => {
    for (const piece of pieces) await file.writeFile(piece);
  });
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The ZIP in order: each record's header and data, then the directory. Records are stored and aligned, as PyTorch maps them. */
function archivePieces(records: Map<string, Uint8Array>): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, data] of records) {
    const fields = commonFields(data);
    const header = localHeader(`${folder}/${name}`, fields, offset);
    directory.push(directoryEntry(`${folder}/${name}`, fields, offset));
    pieces.push(header, data);
    offset += header.length + data.length;
  }
  const directoryBytes = directory.reduce((sum, entry) => sum + entry.length, 0);
  return [...pieces, ...directory, endOfDirectory(records.size, directoryBytes, offset)];
}

/** Flags (UTF-8 names), method (stored), no time, checksum and both sizes: 20 bytes in both headers. */
function commonFields(data: Uint8Array): Buffer {
  const fields = Buffer.alloc(20);
  fields.writeUInt16LE(0x0800, 0);
  fields.writeUInt32LE(crc32(data), 8);
  fields.writeUInt32LE(Math.min(data.length, maxBytes), 12);
  fields.writeUInt32LE(Math.min(data.length, maxBytes), 16);
  return fields;
}

function localHeader(name: string, fields: Buffer, offset: number): Buffer {
  const fixed = 30 + name.length + 4;
  const padding = (dataAlignment - ((offset + fixed) % dataAlignment)) % dataAlignment;
  const header = Buffer.alloc(fixed + padding, 'Z');
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  fields.copy(header, 6);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(4 + padding, 28);
  header.write(name, 30, 'latin1');
  // An extra field of the kind "FB" that holds only the padding.
  header.write('FB', 30 + name.length, 'latin1');
  header.writeUInt16LE(padding, 32 + name.length);
  return header;
}

function directoryEntry(name: string, fields: Buffer, offset: number): Buffer {
  const entry = Buffer.alloc(46 + name.length);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  entry.writeUInt16LE(20, 6);
  fields.copy(entry, 8);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(Math.min(offset, maxBytes), 42);
  entry.write(name, 46, 'latin1');
  return entry;
}

function endOfDirectory(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(Math.min(offset, maxBytes), 16);
  return end;
}
