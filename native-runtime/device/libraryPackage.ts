import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { ProductError } from '../../src/common/errors';
import { cudaLibraries } from './runtimeLibraries';

/** One library of a package. */
export interface PackedLibrary {
  name: string;
  /** Bytes, unpacked. */
  size: number;
  /** Of the unpacked bytes, when the package tells. */
  crc32?: number;
  open(): Promise<Readable>;
}

/** Where a NuGet package, a Python wheel and a plain folder have them. */
const places = ['runtimes/linux-x64/native', 'onnxruntime/capi', ''];

const remedy =
  'Give the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux of the same version, or a folder with its libraries';

/**
 * Opens what ONNX Runtime's libraries for CUDA come in and hands them on: a NuGet package, a Python wheel, or a folder.
 * @param version of ONNX Runtime; a package that names another one is refused
 * @throws ProductError `not-found`, `bad-file`
 */
export async function withLibraries<T>(
  path: string,
  version: string,
  use: (libraries: PackedLibrary[]) => Promise<T>,
): Promise<T> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new ProductError('not-found', path, 'is not there', remedy);
  if (found.isDirectory()) return use(await inFolder(path));
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { autoClose: false, strictFileNames: true });
  } catch (error) {
    throw new ProductError('bad-file', path, `is not a package (${(error as Error).message})`, remedy);
  }
  try {
    return await use(await inArchive(zip, path, version));
  } finally {
    zip.close();
  }
}

async function inFolder(folder: string): Promise<PackedLibrary[]> {
  const found = await Promise.all(cudaLibraries.map((name) => find(folder, name)));
  const missing = cudaLibraries.filter((_, i) => !found[i]);
  if (missing.length) throw new ProductError('bad-file', folder, `holds no ${missing.join(' and no ')}`, remedy);
  return found as PackedLibrary[];
}

async function find(folder: string, name: string): Promise<PackedLibrary | undefined> {
  for (const place of places) {
    const path = join(folder, place, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return { name, size: found.size, open: async () => createReadStream(path) };
  }
  return undefined;
}

async function inArchive(zip: ZipFile, path: string, version: string): Promise<PackedLibrary[]> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (error) {
    throw new ProductError('bad-file', path, `is damaged (${(error as Error).message})`, remedy);
  }
  const named = versionOf([...entries.keys()], basename(path));
  if (named !== undefined && named !== version)
    throw new ProductError('bad-file', path, `is for ONNX Runtime ${named}, ${version} is needed`, remedy);
  return cudaLibraries.map((name) => {
    const entry = places.map((place) => entries.get(`${place}/${name}`)).find((one) => one !== undefined);
    if (!entry) throw new ProductError('bad-file', path, `holds no ${name}`, remedy);
    return { name, size: entry.uncompressedSize, crc32: entry.crc32, open: () => zip.openReadStreamPromise(entry) };
  });
}

/** The version that a wheel's folder of records or the file's own name tells. */
function versionOf(entries: readonly string[], file: string): string | undefined {
  for (const name of entries) {
    const wheel = /^onnxruntime_gpu-([\d.]+)\.dist-info\//.exec(name)?.[1];
    if (wheel !== undefined) return wheel;
  }
  return /(\d+\.\d+\.\d+)\.nupkg$/i.exec(file)?.[1];
}
