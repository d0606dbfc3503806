import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { open, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { firstNonFinite } from '../../../native-runtime/formats/finite';
import {
  openSafetensors,
  readTensor,
  readTensors,
  writeSafetensors,
} from '../../../native-runtime/formats/safetensors';
import { float32 } from '../../../native-runtime/tensorData';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
let count = 0;

/** A file of header length, header and body, each as given. */
function bytes(header: string | Buffer, bodyBytes = 0, declared?: bigint): Buffer {
  const text = Buffer.from(header as string);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared ?? BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(bodyBytes)]);
}

function one(fields: string, bodyBytes = 4): Buffer {
  return bytes(`{"a":{${fields}}}`, bodyBytes);
}

function entry(name: string, begin: number, end: number): string {
  return `"${name}":{"dtype":"F32","shape":[${(end - begin) / 4}],"data_offsets":[${begin},${end}]}`;
}

async function fileOf(content: Buffer): Promise<string> {
  const path = join(folder, `${count++}.safetensors`);
  await writeFile(path, content);
  return path;
}

async function rejection(path: string): Promise<ProductError> {
  const error: unknown = await openSafetensors(path).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ProductError);
  const { code, where, remedy } = error as ProductError;
  expect([code, where]).toEqual(['bad-file', path]);
  expect(remedy).not.toBe('');
  return error as ProductError;
}

const f32 = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
const valid = bytes(`{${entry('a', 0, 64)},${entry('b', 64, 128)}}`, 128);

const rejected: [string, Buffer, RegExp][] = [
  ['A1 empty file', Buffer.alloc(0), /file too small \(0 bytes\)/],
  ['A2 7 bytes', Buffer.alloc(7), /file too small \(7 bytes\)/],
  ['A3 header length of 1 TB', bytes('{}', 0, 2n ** 40n), /header too large \(1099511627776 bytes/],
  ['A4 header length 2^63', bytes('{}', 0, 2n ** 63n), /header too large \(9223372036854775808 bytes/],
  ['A4 header length 2^64-1', bytes('{}', 0, 2n ** 64n - 1n), /header too large \(18446744073709551615 bytes/],
  ['A6 header length beyond the end', bytes('{}', 0, 3n), /invalid header length/],
  ['A7 header not UTF-8', bytes(Buffer.from('{"\xff":1}', 'latin1')), /not UTF-8/],
  ['A7 byte order mark', bytes('\ufeff{}'), /does not start with \{/],
  ['A7 NUL bytes', bytes('{}\0\0'), /follows the end/],
  ['A7 NUL in a name', bytes('{"a\0":1}'), /control character/],
  ['A7 lone surrogate', bytes(`{"\\ud800":{${f32}}}`, 4), /half of a surrogate pair/],
  ['A8 array', bytes('[1]'), /does not start with \{/],
  ['A8 number', bytes('17'), /does not start with \{/],
  ['A8 null', bytes('null'), /does not start with \{/],
  ['A8 nested 10,000 deep', bytes(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /nested too deeply/],
  ['A8 objects nested 10,000 deep', bytes(`{"a":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_001)}`), /nested too deeply/],
  ['A8 unfinished', bytes('{"a":'), /a value is expected/],
  ['A8 a description that is no object', bytes('{"a":[]}'), /not described by an object/],
  ['A9 leading spaces', bytes('  {}'), /does not start with \{/],
  ['A11 trailing bytes', Buffer.concat([valid, Buffer.from('PK\x03\x04')]), /4 bytes after the last tensor/],
  ['A12 overlapping tensors', bytes(`{${entry('a', 0, 8)},${entry('b', 4, 12)}}`, 12), /tensors a and b overlap/],
  ['A12 ten tensors on one range', bytes(`{${[...'abcdefghij'].map((n) => entry(n, 0, 4)).join()}}`, 4), /overlap/],
  ['A13 gap', bytes(`{${entry('a', 0, 4)},${entry('b', 8, 12)}}`, 12), /gap of 4 bytes before b/],
  ['A13 first tensor not at 0', bytes(`{${entry('a', 4, 8)}}`, 8), /gap of 4 bytes before a/],
  ['A14 end before begin', one('"dtype":"F32","shape":[1],"data_offsets":[8,4]', 8), /ends before it begins/],
  ['A14 negative offset', one('"dtype":"F32","shape":[1],"data_offsets":[-4,0]'), /data_offsets that are not two/],
  ['A14 fractional offset', one('"dtype":"F32","shape":[1],"data_offsets":[0,4.0]'), /not written as a whole number/],
  ['A14 string offset', one('"dtype":"F32","shape":[1],"data_offsets":["0","4"]'), /data_offsets that are not two/],
  ['A14 offset 1e308', one('"dtype":"F32","shape":[1],"data_offsets":[0,1e308]'), /not written as a whole number/],
  ['A14 offset 2^53+1', one('"dtype":"F32","shape":[1],"data_offsets":[0,9007199254740993]'), /beyond 2\^53/],
  ['A14 three offsets', one('"dtype":"F32","shape":[1],"data_offsets":[0,4,4]'), /data_offsets that are not two/],
  ['A15 product beyond 2^53', one('"dtype":"F32","shape":[67108864,134217728],"data_offsets":[0,4]'), /does not fit/],
  [
    'A15 product beyond 2^64, times zero',
    one('"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]', 0),
    /does not fit/,
  ],
  ['A15 negative dimension', one('"dtype":"F32","shape":[-1],"data_offsets":[0,4]'), /shape that is not a list/],
  [
    'A15 fractional dimension',
    one('"dtype":"F32","shape":[0.5],"data_offsets":[0,4]'),
    /not written as a whole number/,
  ],
  ['A15 rank 1,000', one(`"dtype":"F32","shape":[${'1,'.repeat(999)}1],"data_offsets":[0,4]`), /1000 dimensions/],
  [
    'A16 shape and range disagree',
    one('"dtype":"F32","shape":[2],"data_offsets":[0,4]'),
    /\[2\] and type float32 does not fit/,
  ],
  ['A17 F8_E8M0', one('"dtype":"F8_E8M0","shape":[4],"data_offsets":[0,4]'), /unsupported element type F8_E8M0/],
  ['A17 Q4_0', one('"dtype":"Q4_0","shape":[4],"data_offsets":[0,4]'), /unsupported element type Q4_0/],
  ['A17 lower case', one('"dtype":"f32","shape":[1],"data_offsets":[0,4]'), /unsupported element type f32/],
  ['A18 duplicate tensor', bytes(`{"a":{${f32}},"a":{${f32}}}`, 4), /"a" is given twice/],
  ['A18 duplicate behind an escape', bytes(`{"a":{${f32}},"\\u0061":{${f32}}}`, 4), /"a" is given twice/],
  ['A18 duplicate field', one(`"dtype":"F32",${f32}`), /"dtype" is given twice/],
  ['A20 metadata of numbers', bytes('{"__metadata__":{"a":1}}'), /__metadata__\.a is not a text/],
  ['A20 metadata that is a list', bytes('{"__metadata__":[]}'), /__metadata__ is not an object/],
  ['A20 metadata of 50 MB', bytes(`{"__metadata__":{"a":"${'x'.repeat(5e7)}"}}`), /header too large/],
  [
    'A27 Git LFS pointer',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    /Git LFS pointer/,
  ],
  ['A27 HTML page', Buffer.from('\n<!DOCTYPE html><html><body>404</body></html>'), /web page/],
  [
    'A30 big-endian header length',
    (() => Buffer.concat([Buffer.from(valid.subarray(0, 8)).reverse(), valid.subarray(8)]))(),
    /header too large/,
  ],
  [
    'A30 line endings changed',
    Buffer.from(
      Buffer.concat([valid.subarray(0, -4), Buffer.from('\n\n\n\n')])
        .toString('latin1')
        .replaceAll('\n', '\r\n'),
      'latin1',
    ),
    /bytes after the last tensor/,
  ],
];

describe('faults of safetensors files', () => {
  test.each(rejected)('%s', async (_, content, message) => {
    expect((await rejection(await fileOf(content))).message).toMatch(message);
  });

  test('A3 a declared length is not allocated', async () => {
    const path = await fileOf(bytes('{}', 0, 2n ** 40n));
    const before = process.memoryUsage().rss;
    await rejection(path);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 25);
  });

  test('A5 header of 100,000,001 bytes in a file that is long enough', async () => {
    const path = await fileOf(bytes('{}', 0, 100_000_001n));
    await truncate(path, 100_000_100);
    expect((await rejection(path)).message).toMatch(/header too large/);
  });

  test('A10 cut off at every sixteenth', async () => {
    for (let i = 0; i < 16; i++) {
      const error = await rejection(await fileOf(valid.subarray(0, Math.floor((valid.length * i) / 16))));
      expect(error.message).toMatch(/too small|header length|expected \d+ bytes, file has \d+/);
    }
    const cut = await rejection(await fileOf(valid.subarray(0, -1)));
    expect(cut.message).toContain(`expected ${valid.length} bytes, file has ${valid.length - 1}`);
  });

  test('A19 names of object members are data', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const entries = names.map((name, i) => entry(name, 4 * i, 4 * i + 4)).join();
    const file = await openSafetensors(await fileOf(bytes(`{"__metadata__":{"__proto__":"m"},${entries}}`, 12)));
    expect([...file.tensors.keys()]).toEqual(names);
    expect(Object.keys(file.metadata)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['m']).toBeUndefined();
  });

  test('A21 unaligned data', async () => {
    const header = `{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},${entry('b', 3, 11)}}`;
    const content = bytes(header, 11);
    content.writeFloatLE(1.25, content.length - 8);
    content.writeFloatLE(-7, content.length - 4);
    const file = await openSafetensors(await fileOf(content));
    expect((await readTensor(file, 'b')).data).toEqual(Float32Array.of(1.25, -7));
  });

  test('A22 empty and rank-0 tensors', async () => {
    const header =
      '{"e":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]},"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}  ';
    const file = await openSafetensors(await fileOf(bytes(header, 4)));
    const tensors = await readTensors(file);
    expect(tensors.get('e')).toEqual(float32([3, 0]));
    expect(tensors.get('s')).toEqual(float32([], [0]));
  });

  test('A25 NaN and infinity are found with their index', async () => {
    expect(firstNonFinite(float32([3], [1, NaN, Infinity]))).toBe(1);
    expect(firstNonFinite(float32([2], [1, 2]))).toBe(-1);
    expect(firstNonFinite({ dtype: 'float16', shape: [2], data: Uint16Array.of(0x7bff, 0xfc00) })).toBe(1);
    expect(firstNonFinite({ dtype: 'bfloat16', shape: [2], data: Uint16Array.of(0x7f7f, 0x7fc0) })).toBe(1);
  });

  test('A28 a tensor larger than memory', async () => {
    const size = 2 ** 36;
    const path = await fileOf(bytes(`{"a":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`));
    const file = await open(path, 'r+');
    await file.truncate((await file.stat()).size + size);
    await file.close();
    const opened = await openSafetensors(path);
    await expect(readTensor(opened, 'a')).rejects.toMatchObject({ code: 'out-of-memory', where: path });
  });

  test.each([
    ['cut off', (path: string) => truncate(path, 100)],
    ['replaced', (path: string) => writeSafetensors(path, new Map([['a', float32([32])]]))],
  ])('A29 the file is %s after it was opened', async (_, change) => {
    const file = await openSafetensors(await fileOf(valid));
    await change(file.path);
    await expect(readTensor(file, 'a')).rejects.toThrow(/changed after it was opened/);
  });

  test('A31 folder, pipe, device, socket', async () => {
    const [directory, pipe, socket] = ['folder', 'pipe', 'socket'].map((n) => join(folder, n)) as [
      string,
      string,
      string,
    ];
    mkdirSync(directory);
    expect((await rejection(directory)).message).toMatch(/not a regular file/);
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [pipe]);
    const server = createServer().listen(socket);
    for (const path of [pipe, '/dev/zero', socket])
      expect((await rejection(path)).message).toMatch(/not a regular file/);
    server.close();
  });

  test('A32 links: a loop is refused, a chain into a cache works', async () => {
    const [a, b, link] = ['loop-a', 'loop-b', 'link'].map((n) => join(folder, n)) as [string, string, string];
    symlinkSync(a, b);
    symlinkSync(b, a);
    expect((await rejection(a)).message).toMatch(/leads back to itself/);
    symlinkSync(await fileOf(valid), link);
    expect((await readTensors(await openSafetensors(link))).size).toBe(2);
  });

  test('a path that does not exist', async () => {
    await expect(openSafetensors(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a header of 20,001 tensors', async () => {
    const entries = Array.from({ length: 20_001 }, (_, i) => entry(`t${i}`, 4 * i, 4 * i + 4)).join();
    const error = await rejection(await fileOf(bytes(`{${entries}}`, 80_004)));
    expect(error.message).toMatch(/20001 tensors/);
  });
});
