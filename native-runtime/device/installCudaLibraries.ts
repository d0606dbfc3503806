import { link, mkdir, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { ProductError } from '../../src/common/errors';
import type { CudaInstallation } from '../../src/common/protocol/device';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { withLibraries, type PackedLibrary } from './libraryPackage';
import { coreLibrary, packageLibraries } from './runtimeLibraries';

/** How libraries are installed. */
export interface InstallOptions {
  /** The version of ONNX Runtime that they must be made for. */
  version: string;
  signal: AbortSignal;
  /** Free bytes where a folder is. */
  freeBytes: (folder: string) => Promise<number>;
}

/** Left alone: a disk filled to the last byte harms everything else on it. */
const RESERVE = 200e6;

/**
 * Puts ONNX Runtime's libraries for CUDA into a folder, and beside them ONNX Runtime itself, since it looks for them beside itself.
 * Each file is there whole or not at all, and the one that makes CUDA available comes last.
 * @param source a NuGet package, a wheel, or a folder
 * @throws ProductError `bad-file`, `not-found`, `disk-full`, `cancelled`; CUDA is then as it was before
 */
export async function installCudaLibraries(
  source: string,
  folder: string,
  options: InstallOptions,
): Promise<CudaInstallation> {
  return withLibraries(source, options.version, async (libraries) => {
    try {
      await mkdir(folder, { recursive: true });
      await removeRemains(folder);
    } catch (error) {
      throw asDiskError(error, folder);
    }
    await requireSpace(libraries, folder, options);
    if (folder !== packageLibraries()) await placeCore(folder);
    for (const library of libraries) await place(library, source, folder, options.signal);
    const bytes = libraries.reduce((sum, { size }) => sum + size, 0);
    return { folder, files: libraries.map(({ name }) => name), bytes };
  });
}

/** What an attempt that was killed has left half unpacked. */
async function removeRemains(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^libonnxruntime.*\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
}

async function requireSpace(libraries: PackedLibrary[], folder: string, { freeBytes }: InstallOptions): Promise<void> {
  const needed = libraries.reduce((sum, { size }) => sum + size, RESERVE);
  const free = await freeBytes(folder);
  if (free >= needed) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new ProductError(
    'disk-full',
    folder,
    `${megabytes(needed)} are needed to unpack the libraries, ${megabytes(free)} are free`,
    'Free some space and try again',
  );
}

/** A second name costs no space; a copy is made where the disk is another. */
async function placeCore(folder: string): Promise<void> {
  const [from, to] = [join(packageLibraries(), coreLibrary), join(folder, coreLibrary)];
  if (existsSync(to) && (await stat(to)).size === (await stat(from)).size) return;
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await atomicWrite(to, async (file) => {
      await copy(createReadStream(from), file, new AbortController().signal);
    });
  }
}

async function place(library: PackedLibrary, source: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    await atomicWrite(join(folder, library.name), async (file) => {
      const { written, sum, head } = await copy(await library.open(), file, signal);
      if (written !== library.size) throw damaged(source, `${library.name} has ${written} of ${library.size} bytes`);
      if (library.crc32 !== undefined && library.crc32 !== sum)
        throw damaged(source, `the checksum of ${library.name} is wrong`);
      if (!isLinuxLibrary(head)) throw damaged(source, `${library.name} is not a library for Linux x64`);
    });
  } catch (error) {
    if (error instanceof ProductError || (error as NodeJS.ErrnoException).syscall) throw error;
    throw damaged(source, `${library.name} cannot be unpacked (${(error as Error).message})`);
  }
}

/** @returns bytes written, their CRC-32 and the first of them */
async function copy(
  from: Readable,
  to: FileHandle,
  signal: AbortSignal,
): Promise<{ written: number; sum: number; head: Buffer }> {
  let head = Buffer.alloc(0);
  let written = 0;
  let sum = 0;
  for await (const chunk of from) {
    if (signal.aborted) throw new ProductError('cancelled', '', 'the installation was cancelled');
    const bytes = chunk as Buffer;
    await to.writeFile(bytes);
    if (head.length < 64) head = Buffer.concat([head, bytes.subarray(0, 64)]);
    written += bytes.length;
    sum = crc32(bytes, sum);
  }
  return { written, sum, head };
}

/** A library for another machine would only fail when it is loaded. */
function isLinuxLibrary(head: Buffer): boolean {
  return head.length >= 20 && head.readUInt32BE(0) === 0x7f454c46 && head.readUInt16LE(18) === 0x3e;
}

function damaged(path: string, problem: string): ProductError {
  return new ProductError('bad-file', path, problem, 'Get the package again');
}
