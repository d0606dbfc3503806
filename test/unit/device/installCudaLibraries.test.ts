import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installCudaLibraries, type InstallOptions } from '../../../native-runtime/device/installCudaLibraries';
import { coreLibrary, cudaLibraries, packageLibraries } from '../../../native-runtime/device/runtimeLibraries';
import { temporaryFolder } from '../../support/temporaryFolder';
import { zipBytes, type ZipRecord } from '../../support/zipBytes';

const root = temporaryFolder();
let count = 0;
const onLinux = process.platform === 'linux' && process.arch === 'x64';

/** The beginning of a library for Linux x64, and something after it. */
function library(size = 50_000): Buffer {
  const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7) & 255));
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes.writeUInt16LE(0x3e, 18);
  return bytes;
}

const contents = Object.fromEntries(cudaLibraries.map((name, i) => [name, library(50_000 + i)]));
const records = (place: string): ZipRecord[] =>
  cudaLibraries.map((name) => ({ name: `${place}/${name}`, data: contents[name]!, deflate: true }));

function packageOf(parts: ZipRecord[], name = 'package.1.30.0.nupkg'): string {
  const folder = join(root, `source ${count++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name), zipBytes(parts));
  return join(folder, name);
}

const nuget = () => packageOf(records('runtimes/linux-x64/native'));

function install(source: string, folder: string, options: Partial<InstallOptions> = {}) {
  const usual = { version: '1.30.0', signal: new AbortController().signal, freeBytes: async () => 1e12 };
  return installCudaLibraries(source, folder, { ...usual, ...options });
}

const target = () => join(root, `target ${count++}`);

function expectNothingNew(folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  expect(files.filter((name) => name !== coreLibrary && name !== cudaLibraries[0])).toEqual([]);
}

describe.skipIf(!onLinux)('installing the libraries', () => {
  it.each([
    ['a NuGet package', nuget],
    ['a wheel', () => packageOf(records('onnxruntime/capi'), 'onnxruntime_gpu-1.30.0-cp312.whl')],
    [
      'a folder',
      () => {
        const folder = join(root, `plain ${count++}`);
        mkdirSync(folder);
        for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);
        return folder;
      },
    ],
  ])('%s', async (_, source) => {
    const folder = target();
    const result = await install(source(), folder);
    expect(result).toEqual({ folder, files: [...cudaLibraries], bytes: 100_001 });
    expect(readdirSync(folder).sort()).toEqual([coreLibrary, ...cudaLibraries].sort());
    for (const name of cudaLibraries) expect(readFileSync(join(folder, name)).equals(contents[name]!)).toBe(true);
  });

  it('removes what an attempt that was killed has left half unpacked, and replaces what is there', async () => {
    const folder = target();
    mkdirSync(folder);
    writeFileSync(join(folder, `${cudaLibraries[1]}.0123456789ab.tmp`), 'half');
    writeFileSync(join(folder, cudaLibraries[0]), 'older');
    await install(nuget(), folder);
    expect(readdirSync(folder).sort()).toEqual([coreLibrary, ...cudaLibraries].sort());
    expect(statSync(join(folder, cudaLibraries[0])).size).toBe(50_000);
  });

  it('makes the runtime take ONNX Runtime, and with it the providers, from that folder', async () => {
    const folder = target();
    await install(nuget(), folder);
    const script = `require('onnxruntime-node'); console.log(require('fs').readFileSync('/proc/self/maps', 'utf8'))`;
    const env = { ...process.env, LD_LIBRARY_PATH: folder };
    const maps = execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8', maxBuffer: 1e7 });
    expect(maps).toContain(join(folder, coreLibrary));
    expect(maps).not.toContain(join(packageLibraries(), coreLibrary));
  });
});

describe.skipIf(!onLinux)('what cannot be installed changes nothing', () => {
  const [shared, cuda] = records('runtimes/linux-x64/native') as [ZipRecord, ZipRecord];
  it.each([
    ['nothing there', () => join(root, 'nowhere.nupkg'), 'not-found', 'is not there'],
    ['no archive', () => packageOf([]).replace(/package[^/]*$/, ''), 'bad-file', 'holds no libonnxruntime'],
    [
      'a package of another version',
      () => packageOf([shared, cuda], 'x.1.29.0.nupkg'),
      'bad-file',
      'is for ONNX Runtime 1.29.0',
    ],
    ['a package without the library', () => packageOf([shared]), 'bad-file', `holds no ${cudaLibraries[1]}`],
    ['a wrong checksum', () => packageOf([shared, { ...cuda, crc: 1 }]), 'bad-file', 'checksum'],
    [
      'a library of another machine',
      () => packageOf([shared, { ...cuda, data: Buffer.alloc(100, 1) }]),
      'bad-file',
      'not a library for Linux x64',
    ],
    [
      'a page instead of a package',
      () => {
        const path = packageOf([]);
        writeFileSync(path, '<html>Log in</html>'.repeat(100));
        return path;
      },
      'bad-file',
      'is not a package',
    ],
    [
      'a package that is cut off',
      () => {
        const path = nuget();
        const whole = readFileSync(path);
        writeFileSync(path, whole.subarray(0, whole.length / 2));
        return path;
      },
      'bad-file',
      'is not a package',
    ],
  ])('%s', async (_, source, code, problem) => {
    const folder = target();
    await expect(install(source(), folder)).rejects.toMatchObject({ code, message: expect.stringContaining(problem) });
    expectNothingNew(folder);
  });

  it('too little space: said before anything is unpacked', async () => {
    const folder = target();
    const work = install(nuget(), folder, { freeBytes: async () => 1e6 });
    await expect(work).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('1 MB are free') });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('cancelled', async () => {
    const folder = target();
    await expect(install(nuget(), folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expectNothingNew(folder);
  });
});
