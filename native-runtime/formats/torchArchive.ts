import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, type LocalFileHeader, type ZipFile } from 'yauzl';
import { ProductError } from '../../src/common/errors';
import { foreignContent } from '../../src/common/safetensors/foreignContent';
import { readBytes, type RegularFile } from './regularFile';

/** Where a record of a torch archive lies in the file; records are stored, never compressed. */
export interface TorchRecord {
  /** From the start of the file. */
  byteOffset: number;
  byteLength: number;
  crc32: number;
}

const limits = { records: 20_000, nameBytes: 512 };

/**
 * Lists the records of a PyTorch archive (a ZIP of stored records under one folder), without that folder's name.
 * Anything on which two ZIP readers could disagree is refused: repeated names, headers that differ, overlapping data.
 * @throws ProductError `bad-file`
 */
export async function readTorchRecords(file: RegularFile): Promise<Map<string, TorchRecord>> {
  await requireZip(file);
  let zip: ZipFile | undefined;
  try {
    // The handle stays ours: closing the ZIP must not close it.
    zip = await fromFdPromise(file.handle.fd, { lazyEntries: true, autoClose: false, strictFileNames: true });
    return await collect(zip, file);
  } catch (error) {
    if (error instanceof ProductError) throw error;
    throw damaged(file.path, `the archive is damaged (${(error as Error).message})`);
  }
}

/**
 * The bytes of one record, checked against its sum.
 * @throws ProductError `bad-file`
 */
export async function readRecord(
  file: RegularFile,
  name: string,
  record: TorchRecord,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBytes(file, record.byteOffset, record.byteLength);
  if (crc32(bytes) !== record.crc32) throw damaged(file.path, `the checksum of record ${name} is wrong`);
  return bytes;
}

function damaged(
  path: string,
  problem: string,
  remedy = 'Get the file again, or a .safetensors version',
): ProductError {
  return new ProductError('bad-file', path, problem, remedy);
}

const legacyMagic = '80028a0a6cfc9c46f9206aa85019';

async function requireZip(file: RegularFile): Promise<void> {
  const start = await readBytes(file, 0, Math.min(file.size, 512));
  const hex = Buffer.from(start).toString('hex');
  if (hex.startsWith('504b0304')) return;
  const foreign = foreignContent(start);
  if (foreign) throw damaged(file.path, foreign.problem, foreign.remedy);
  if (hex.startsWith(legacyMagic) || Buffer.from(start.subarray(257, 262)).toString('latin1') === 'ustar')
    throw damaged(
      file.path,
      'this was saved in the format of PyTorch before 1.6',
      'Load it in PyTorch and save it again, best as .safetensors',
    );
  if (hex.startsWith('80'))
    throw damaged(file.path, 'this is a bare pickle, which can hold programs, not a PyTorch file');
  throw damaged(file.path, file.size === 0 ? 'file too small (0 bytes)' : 'this is not a PyTorch archive');
}

async function collect(zip: ZipFile, file: RegularFile): Promise<Map<string, TorchRecord>> {
  if (zip.entryCount > limits.records)
    throw damaged(file.path, `${zip.entryCount} records; at most ${limits.records} are accepted`);
  const records = new Map<string, TorchRecord>();
  const ranges: { name: string; start: number; end: number }[] = [];
  let folder: string | undefined;
  for await (const entry of zip.eachEntry()) {
    const header = await zip.readLocalFileHeaderPromise(entry);
    const problem = entryProblem(entry, header);
    if (problem) throw damaged(file.path, `record ${printable(entry.fileName)} ${problem}`);
    const slash = entry.fileName.indexOf('/');
    folder ??= entry.fileName.slice(0, slash);
    if (entry.fileName.slice(0, slash) !== folder) throw damaged(file.path, 'the records are not in one folder');
    const name = entry.fileName.slice(slash + 1);
    if (records.has(name)) throw damaged(file.path, `record ${printable(name)} occurs twice`);
    const [byteOffset, byteLength] = [header.fileDataStart, entry.uncompressedSize];
    records.set(name, { byteOffset, byteLength, crc32: entry.crc32 });
    ranges.push({ name, start: entry.relativeOffsetOfLocalHeader, end: byteOffset + byteLength });
  }
  requireApart(ranges, file);
  return records;
}

/** Why a record is refused, if it is. */
function entryProblem(entry: Entry, header: LocalFileHeader): string | undefined {
  if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize) return 'is compressed';
  if (entry.isEncrypted()) return 'is encrypted';
  if (!isPlainName(entry.fileName)) return 'has a name that PyTorch does not write';
  const streamed = (header.generalPurposeBitFlag & 8) !== 0;
  // A streamed record has its sum and sizes after the data and zeros here; large sizes stand in the extra field.
  const sameNumber = (local: number, central: number) =>
    local === central || local === 0xffffffff || (streamed && local === 0);
  const same =
    header.fileName.equals(entry.fileNameRaw) &&
    header.compressionMethod === entry.compressionMethod &&
    sameNumber(header.crc32, entry.crc32) &&
    sameNumber(header.compressedSize, entry.compressedSize) &&
    sameNumber(header.uncompressedSize, entry.uncompressedSize);
  return same ? undefined : 'is described differently in the directory and beside its data';
}

function isPlainName(name: string): boolean {
  if (Buffer.byteLength(name) > limits.nameBytes) return false;
  const parts = name.split('/');
  return parts.length >= 2 && parts.every((p) => p !== '' && p !== '.' && p !== '..' && !/[\\:\p{Cc}]/u.test(p));
}

function requireApart(ranges: { name: string; start: number; end: number }[], file: RegularFile): void {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  for (const [i, { name, start, end }] of sorted.entries()) {
    if (end > file.size) throw damaged(file.path, `record ${printable(name)} lies outside the file`);
    const before = sorted[i - 1];
    if (before && before.end > start)
      throw damaged(file.path, `records ${printable(before.name)} and ${printable(name)} overlap`);
  }
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
