import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { openTorchFile, readTorchTensors } from '../../../native-runtime/formats/torchFile';
import type { TorchTensor } from '../../../native-runtime/formats/pickleValues';
import { openWeightFile } from '../../../native-runtime/formats/weightFile';
import { pickle, pickledTensor } from '../../support/pickleBytes';
import { temporaryFolder } from '../../support/temporaryFolder';
import { type ZipRecord, zipBytes } from '../../support/zipBytes';

const folder = temporaryFolder();
const canary = join(folder, 'canary');
const { stream, text, int, global, tuple } = pickle;
const storage: ZipRecord = { name: 'a/data/0', data: Buffer.from(Float32Array.of(1, 2, 3, 4).buffer) };
const good = stream(pickledTensor({}), '.');
let count = 0;

function archive(data: Buffer, ...others: ZipRecord[]): Buffer {
  return zipBytes([{ name: 'a/data.pkl', data }, storage, ...others]);
}

async function rejection(content: Buffer): Promise<string> {
  const path = join(folder, `${count++}.ckpt`);
  await writeFile(path, content);
  const error: unknown = await openTorchFile(path).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ProductError);
  expect((error as ProductError).code).toBe('bad-file');
  expect((error as ProductError).remedy).not.toBe('');
  return (error as ProductError).message;
}

const system = Buffer.concat([global('os', 'system'), tuple(text(`touch ${canary}`)), Buffer.from('R')]);
const notListed = /not on the list of harmless names/;
const tensorStream = (options: Parameters<typeof pickledTensor>[0]) => archive(stream(pickledTensor(options), '.'));

const cases: [string, () => Buffer, RegExp][] = [
  ['B1 os.system', () => archive(stream(system, '.')), notListed],
  ['B1 inside a dictionary', () => archive(stream('}', text('a'), system, 's.')), notListed],
  [
    'B2 pkgutil.resolve_name',
    () => archive(stream(global('pkgutil', 'resolve_name'), tuple(text('os:system')), 'R.')),
    notListed,
  ],
  ['B2 builtins.eval', () => archive(stream(global('builtins', 'eval'), tuple(text('1')), 'R.')), notListed],
  ['B2 torch.hub.load', () => archive(stream(global('torch.hub', 'load'), tuple(text('x')), 'R.')), notListed],
  ['B2 torch.load', () => archive(stream(global('torch', 'load'), tuple(text('x')), 'R.')), notListed],
  [
    'B2 a submodule of a listed name',
    () => archive(stream(global('collections', 'OrderedDict.fromkeys'), ')R.')),
    notListed,
  ],
  [
    'B2 a name with a constructor of JavaScript',
    () => archive(stream(global('torch', 'constructor'), ')R.')),
    notListed,
  ],
  [
    'B2 STACK_GLOBAL from memo pieces',
    () => archive(stream(text('os'), 'q\0', '0', text('system'), 'q\x01', '0', 'h\0h\x01\x93', tuple(text('x')), 'R.')),
    notListed,
  ],
  ['B2 INST', () => archive(stream('(', text('x'), 'ios\nsystem\n.')), /opcode 0x69/],
  ['B2 OBJ', () => archive(stream('(o.')), /opcode 0x6f/],
  ['B2 EXT1', () => archive(stream('\x82\x01.')), /opcode 0x82/],
  ['B2 BUILD on a name', () => archive(stream(global('collections', 'OrderedDict'), '}b.')), /attributes on something/],
  ['B2 a call of a call', () => archive(stream(global('collections', 'OrderedDict'), ')R)R.')), /not a name/],
  ['B3 payload before a broken stream', () => archive(stream(system, '\xff\xff')), notListed],
  ['B3 cut off stream', () => archive(good.subarray(0, good.length - 9)), /cut off|accepted/],
  ['B3 bytes after the end', () => archive(Buffer.concat([good, Buffer.from('x')])), /after the end of the pickle/],
  ['B4 data.pkl twice', () => archive(good, { name: 'a/data.pkl', data: stream(system, '.') }), /occurs twice/],
  [
    'B4 another data.pkl in another folder',
    () => archive(good, { name: 'b/data.pkl', data: good }),
    /not in one folder/,
  ],
  [
    'B4 other name beside the data',
    () => zipBytes([{ name: 'a/data.pkl', localName: 'a/evil.pkl', data: good }, storage]),
    /described differently/,
  ],
  [
    'B4 other checksum beside the data',
    () => zipBytes([{ name: 'a/data.pkl', localCrc: 1, data: good }, storage]),
    /described differently/,
  ],
  [
    'B4 wrong checksum',
    () => zipBytes([{ name: 'a/data.pkl', crc: 1, data: good }, storage]),
    /checksum of record data\.pkl is wrong/,
  ],
  [
    'B4 two records on one place',
    () => archive(good, { ...storage, name: 'a/data/0', localName: 'a/data/0', sameOffsetAs: 1 }),
    /occurs twice|overlap/,
  ],
  ['B4 7-Zip archive', () => Buffer.from("7z\xbc\xaf'\x1c\0\x04", 'latin1'), /7-Zip/],
  ['B4 cut off archive', () => archive(good).subarray(0, -30), /archive is damaged/],
  ['B4 bytes after the archive', () => Buffer.concat([archive(good), Buffer.from('tail')]), /archive is damaged/],
  ['B4 no data.pkl', () => zipBytes([storage]), /holds no data\.pkl/],
  ['B4 TorchScript', () => archive(good, { name: 'a/constants.pkl', data: good }), /TorchScript/],
  ['B4 big-endian values', () => archive(good, { name: 'a/byteorder', data: Buffer.from('big') }), /"big"-endian/],
  ...['../../x', '/etc/x', 'C:/x', 'a\\..\\x', 'a/../x', 'a//x', 'a/./x', 'a/x\0y', 'plain', 'a/'].map(
    (name): [string, () => Buffer, RegExp] => [
      `B5 record named ${JSON.stringify(name)}`,
      () => archive(good, { name, data: Buffer.alloc(1) }),
      /archive is damaged|name that PyTorch does not write/,
    ],
  ),
  [
    'B5 65,534 records',
    () => zipBytes(Array.from({ length: 65_534 }, (_, i) => ({ name: `a/${i}`, data: Buffer.alloc(0) }))),
    /65534 records/,
  ],
  [
    'B6 a compressed record of zeros',
    () => archive(good, { name: 'a/data/1', data: Buffer.alloc(2 ** 24), deflate: true }),
    /is compressed/,
  ],
  [
    'B6 declared larger than stored',
    () => archive(good, { name: 'a/data/1', data: Buffer.alloc(8), declaredSize: 2 ** 31 }),
    /archive is damaged|is compressed/,
  ],
  [
    'B7 four million empty values',
    () => archive(stream('N'.repeat(4_000_001), '.')),
    /stack grew too large|more than 4000000 steps/,
  ],
  ['B7 endless appends', () => archive(stream(']', 'Na'.repeat(2_500_000), '.')), /more than 4000000 steps/],
  ['B7 marks nested 100,000 deep', () => archive(stream('('.repeat(100_000), '.')), /nested too deeply/],
  [
    'B7 lists nested 100,000 deep',
    () => archive(stream(']'.repeat(100_000), 'a'.repeat(99_999), '.')),
    /nested too deeply/,
  ],
  ['B7 huge LONG1', () => archive(stream('\x8a\xff', Buffer.alloc(255, 1), '.')), /integer of 255 bytes/],
  ['B7 huge LONG4', () => archive(stream('\x8b\xff\xff\xff\x7f.')), /opcode 0x8b/],
  ['B7 a text of 4 GiB', () => archive(stream('X\xff\xff\xff\xff.')), /text of 4294967295 bytes/],
  ['B7 memo index that is not set', () => archive(stream('h\x07.')), /memo 7 is not set/],
  ['B7 empty stack', () => archive(stream('0.')), /stack is empty/],
  ['B7 two values', () => archive(stream('NN.')), /middle of a value/],
  ['B8 offset outside', () => tensorStream({ offset: 1 }), /reaches value 4 of a storage of 4/],
  ['B8 stride outside', () => tensorStream({ strides: [3, 1] }), /reaches value 4 of a storage of 4/],
  ['B8 negative stride', () => tensorStream({ strides: [-2, 1] }), /not whole numbers/],
  ['B8 negative offset', () => tensorStream({ offset: -1 }), /not whole numbers/],
  ['B8 negative size', () => tensorStream({ shape: [-2, 2] }), /not whole numbers/],
  ['B8 shape and strides of different rank', () => tensorStream({ strides: [1] }), /not whole numbers/],
  ['B8 rank 9', () => tensorStream({ shape: Array(9).fill(1), strides: Array(9).fill(1) }), /9 dimensions/],
  [
    'B8 repetition without end',
    () => tensorStream({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] }),
    /over a storage of 4/,
  ],
  ['B8 storage shorter than declared', () => tensorStream({ count: 5 }), /16 bytes where 20 are declared/],
  ['B8 storage of another type', () => tensorStream({ storage: 'DoubleStorage' }), /16 bytes where 32 are declared/],
  ['B8 missing storage', () => tensorStream({ key: '7' }), /data\/7 is missing/],
  ['B8 storage key with a path', () => tensorStream({ key: '../data.pkl' }), /storage with a wrong key/],
  [
    'B9 legacy format',
    () => Buffer.concat([Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex'), Buffer.alloc(600)]),
    /before 1\.6/,
  ],
  [
    'B9 legacy tar format',
    () => {
      const tar = Buffer.alloc(1024);
      tar.write('ustar', 257);
      return tar;
    },
    /before 1\.6/,
  ],
  ['B9 bare pickle', () => stream(system, '.'), /bare pickle/],
  ['B9 quantised tensor', () => tensorStream({ rebuild: '_rebuild_qtensor' }), /sparse or quantised/],
  ['B9 sparse tensor', () => tensorStream({ rebuild: '_rebuild_sparse_tensor' }), /sparse or quantised/],
  ['B9 quantised storage', () => tensorStream({ storage: 'QInt8Storage' }), notListed],
  ['B9 complex storage', () => tensorStream({ storage: 'ComplexFloatStorage' }), notListed],
  ['a Git LFS pointer', () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /Git LFS pointer/],
  ['an empty file', () => Buffer.alloc(0), /file too small \(0 bytes\)/],
];

describe('faults of torch files', () => {
  test.each(cases)('%s', async (_, content, message) => {
    const bytes = content();
    const start = Date.now();
    expect(await rejection(bytes)).toMatch(message);
    expect(Date.now() - start).toBeLessThan(3000);
    expect(existsSync(canary)).toBe(false);
  });

  test('the archive these faults start from is sound', async () => {
    const path = join(folder, 'good.ckpt');
    await writeFile(path, archive(good));
    const file = await openTorchFile(path);
    expect([...(await readTorchTensors(file, [file.root as TorchTensor]))[0]!.data]).toEqual([1, 2, 3, 4]);
  });

  test('B4 a wrong checksum of a storage is found when it is read', async () => {
    const path = join(folder, 'crc.ckpt');
    await writeFile(
      path,
      zipBytes([
        { name: 'a/data.pkl', data: good },
        { ...storage, crc: 7 },
      ]),
    );
    const file = await openTorchFile(path);
    await expect(readTorchTensors(file, [file.root as TorchTensor])).rejects.toThrow(/checksum of record data\/0/);
  });

  test('B7 shared parts that unfold to 10^30 values', async () => {
    // Each list holds the one before ten times.
    const level = (i: number) => `](${`h${String.fromCharCode(i)}`.repeat(10)}eq${String.fromCharCode(i + 1)}0`;
    const levels = Array.from({ length: 30 }, (_, i) => level(i)).join('');
    const path = join(folder, 'unfold.ckpt');
    await writeFile(path, archive(stream(']q\x000', levels, 'h\x1e.')));
    await expect(openWeightFile(path)).rejects.toThrow(/more than \d+ values/);
  });

  test('B7 a list that contains itself', async () => {
    const path = join(folder, 'cycle.ckpt');
    await writeFile(path, archive(stream(']q\0h\0a.')));
    await expect(openWeightFile(path)).rejects.toThrow(/nested|more than \d+ values/);
  });

  test('numbers that are only a few values of the storage are fine', async () => {
    const path = join(folder, 'part.ckpt');
    await writeFile(
      path,
      archive(stream('}', text('x'), pickledTensor({ offset: 3, shape: [1], strides: [9] }), 's.')),
    );
    expect([...(await (await openWeightFile(path)).read()).get('x')!.data]).toEqual([4]);
    expect(int(1).length).toBe(5);
  });
});
