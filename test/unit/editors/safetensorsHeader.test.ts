import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProductError } from '../../../src/common/errors';
import { readSafetensorsHeader } from '../../../src/editors/safetensorsHeader';
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

const entry = (name: string, begin: number, end: number) =>
  `"${name}":{"dtype":"F32","shape":[${(end - begin) / 4}],"data_offsets":[${begin},${end}]}`;
const one = (fields: string, bodyBytes = 4) => bytes(`{"a":{${fields}}}`, bodyBytes);
const f32 = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
const valid = bytes(`{"__metadata__":{"format":"pt"},${entry('a', 0, 64)},${entry('b', 64, 128)}}`, 128);

async function fileOf(content: Uint8Array): Promise<string> {
  const path = join(folder, `${count++}.safetensors`);
  await writeFile(path, content);
  return path;
}

async function rejection(path: string): Promise<ProductError> {
  const error: unknown = await readSafetensorsHeader(path).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ProductError);
  expect((error as ProductError).where).toBe(path);
  expect((error as ProductError).remedy).not.toBe('');
  return error as ProductError;
}

const rejected: [string, Buffer, RegExp][] = [
  ['A1 empty file', Buffer.alloc(0), /file too small \(0 bytes\)/],
  ['A2 7 bytes', Buffer.alloc(7), /file too small \(7 bytes\)/],
  ['A3 header length of 1 TB', bytes('{}', 0, 2n ** 40n), /header too large/],
  ['A4 header length 2^63', bytes('{}', 0, 2n ** 63n), /header too large \(9223372036854775808 bytes/],
  ['A4 header length 2^64-1', bytes('{}', 0, 2n ** 64n - 1n), /header too large/],
  ['A6 header length beyond the end', bytes('{}', 0, 3n), /invalid header length/],
  ['A7 header not UTF-8', bytes(Buffer.from('{"\xff":1}', 'latin1')), /not UTF-8/],
  ['A7 byte order mark', bytes('\ufeff{}'), /does not start with \{/],
  ['A7 lone surrogate', bytes(`{"\\ud800":{${f32}}}`, 4), /half of a surrogate pair/],
  ['A8 array', bytes('[1]'), /does not start with \{/],
  ['A8 nested 10,000 deep', bytes(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /nested too deeply/],
  ['A9 leading spaces', bytes('  {}'), /does not start with \{/],
  ['A11 trailing bytes', Buffer.concat([valid, Buffer.from('PK\x03\x04')]), /4 bytes after the last tensor/],
  ['A12 overlapping tensors', bytes(`{${entry('a', 0, 8)},${entry('b', 4, 12)}}`, 12), /tensors a and b overlap/],
  ['A13 gap', bytes(`{${entry('a', 0, 4)},${entry('b', 8, 12)}}`, 12), /gap of 4 bytes before b/],
  ['A14 end before begin', one('"dtype":"F32","shape":[1],"data_offsets":[8,4]', 8), /ends before it begins/],
  ['A14 offset 1e308', one('"dtype":"F32","shape":[1],"data_offsets":[0,1e308]'), /not written as a whole number/],
  ['A15 product beyond 2^53', one('"dtype":"F32","shape":[67108864,134217728],"data_offsets":[0,4]'), /does not fit/],
  ['A15 rank 1,000', one(`"dtype":"F32","shape":[${'1,'.repeat(999)}1],"data_offsets":[0,4]`), /1000 dimensions/],
  ['A16 shape and range disagree', one('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), /F32 does not fit/],
  ['A17 F8_E8M0', one('"dtype":"F8_E8M0","shape":[4],"data_offsets":[0,4]'), /unsupported element type F8_E8M0/],
  ['A17 Q4_0', one('"dtype":"Q4_0","shape":[4],"data_offsets":[0,4]'), /unsupported element type Q4_0/],
  ['A18 duplicate tensor', bytes(`{"a":{${f32}},"a":{${f32}}}`, 4), /"a" is given twice/],
  ['A20 metadata of numbers', bytes('{"__metadata__":{"a":1}}'), /__metadata__\.a is not a text/],
  ['A20 metadata of 50 MB', bytes(`{"__metadata__":{"a":"${'x'.repeat(5e7)}"}}`), /header too large/],
  ['A27 Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /LFS pointer/],
  ['A27 HTML page', Buffer.from('\n<!DOCTYPE html><html><body>404</body></html>'), /web page/],
  ['A30 big-endian length', Buffer.concat([Buffer.from(valid.subarray(0, 8)).reverse(), valid.subarray(8)]), /large/],
];

describe('headers of weight files', () => {
  test('a sound file', async () => {
    const { size, tensors, metadata } = await readSafetensorsHeader(await fileOf(valid));
    expect(size).toBe(valid.length);
    expect(tensors.map(({ name, dtype, shape, byteLength }) => [name, dtype, shape, byteLength])).toEqual([
      ['a', 'F32', [16], 64],
      ['b', 'F32', [16], 64],
    ]);
    expect({ ...metadata }).toEqual({ format: 'pt' });
  });

  test.each(rejected)('%s', async (_, content, message) => {
    expect((await rejection(await fileOf(content))).message).toMatch(message);
  });

  test('A5 a header of 100,000,001 bytes in a file that is long enough', async () => {
    const path = await fileOf(bytes('{}', 0, 100_000_001n));
    await truncate(path, 100_000_100);
    expect((await rejection(path)).message).toMatch(/header too large/);
  });

  test('A10 cut off at every sixteenth', async () => {
    for (let i = 0; i < 16; i++) {
      const error = await rejection(await fileOf(valid.subarray(0, Math.floor((valid.length * i) / 16))));
      expect(error.message).toMatch(/too small|header length|expected \d+ bytes, file has \d+/);
    }
  });

  test('A19 names of object members are data', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const entries = names.map((name, i) => entry(name, 4 * i, 4 * i + 4)).join();
    const file = await readSafetensorsHeader(await fileOf(bytes(`{"__metadata__":{"__proto__":"m"},${entries}}`, 12)));
    expect(file.tensors.map(({ name }) => name)).toEqual(names);
    expect(Object.entries(file.metadata)).toEqual([['__proto__', 'm']]);
  });

  test('A22 empty and rank-0 tensors; element types only the viewer knows', async () => {
    const header =
      '{"e":{"dtype":"F8_E4M3","shape":[3,0],"data_offsets":[0,0]},"s":{"dtype":"U16","shape":[],"data_offsets":[0,2]}}';
    const { tensors } = await readSafetensorsHeader(await fileOf(bytes(header, 2)));
    expect(tensors.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['F8_E4M3', [3, 0]],
      ['U16', []],
    ]);
  });

  test('A31 a folder and a pipe', async () => {
    const directory = join(folder, 'folder.safetensors');
    mkdirSync(directory);
    expect((await rejection(directory)).message).toMatch(/not a regular file/);
    if (process.platform === 'win32') return;
    const pipe = join(folder, 'pipe.safetensors');
    execFileSync('mkfifo', [pipe]);
    expect((await rejection(pipe)).message).toMatch(/not a regular file/);
  });

  test('A32 a loop of links is refused, a link is followed', async () => {
    const [a, b, link] = ['loop-a', 'loop-b', 'link'].map((n) => join(folder, n)) as [string, string, string];
    symlinkSync(a, b);
    symlinkSync(b, a);
    expect((await rejection(a)).message).toMatch(/leads back to itself/);
    symlinkSync(await fileOf(valid), link);
    expect((await readSafetensorsHeader(link)).tensors).toHaveLength(2);
  });

  test('a file that is not there', async () => {
    expect((await rejection(join(folder, 'none'))).code).toBe('not-found');
  });

  test('any damage to a sound file gives the tensors or a message', async () => {
    const change = fc.record({ at: fc.nat(valid.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(valid.length), async (changes, cut) => {
        const damaged = Buffer.from(valid);
        for (const { at, value } of changes) damaged[at] = value;
        const path = await fileOf(cut % 3 === 0 ? damaged.subarray(0, cut) : damaged);
        await readSafetensorsHeader(path).catch((error: unknown) => expect(error).toBeInstanceOf(ProductError));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('any bytes and any JSON as a header give a message', async () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((data) => Buffer.from(data)),
      fc.json({ maxDepth: 4 }).map((text) => bytes(text, 16)),
    );
    await fc.assert(
      fc.asyncProperty(content, async (data) => {
        await readSafetensorsHeader(await fileOf(data)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(ProductError),
        );
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
