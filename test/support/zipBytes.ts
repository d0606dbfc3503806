import { crc32, deflateRawSync } from 'node:zlib';

/** One record of a ZIP under construction, with the lies a damaged or hostile archive may tell. */
export interface ZipRecord {
  name: string;
  data: Uint8Array;
  /** The name beside the data, when it differs from the directory's. */
  localName?: string;
  localCrc?: number;
  crc?: number;
  deflate?: boolean;
  declaredSize?: number;
  /** Directory entry that points to another record's header. */
  sameOffsetAs?: number;
}

/** Builds a ZIP byte by byte. */
export function zipBytes(records: ZipRecord[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const record of records) {
    const stored = record.deflate ? deflateRawSync(record.data) : Buffer.from(record.data);
    const fields = (crc: number) => {
      const b = Buffer.alloc(20);
      b.writeUInt16LE(0x0800, 0);
      b.writeUInt16LE(record.deflate ? 8 : 0, 2);
      b.writeUInt32LE(crc, 8);
      b.writeUInt32LE(stored.length, 12);
      b.writeUInt32LE(record.declaredSize ?? record.data.length, 16);
      return b;
    };
    const crc = record.crc ?? crc32(record.data);
    const localName = Buffer.from(record.localName ?? record.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    fields(record.localCrc ?? crc).copy(local, 6);
    local.writeUInt16LE(localName.length, 26);
    const name = Buffer.from(record.name);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 6);
    fields(crc).copy(central, 8);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(record.sameOffsetAs === undefined ? offset : offsets[record.sameOffsetAs]!, 42);
    directory.push(central, name);
    offsets.push(offset);
    if (record.sameOffsetAs === undefined) {
      pieces.push(local, localName, stored);
      offset += local.length + localName.length + stored.length;
    }
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(records.length, 8);
  end.writeUInt16LE(records.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, directoryBytes, end]);
}
