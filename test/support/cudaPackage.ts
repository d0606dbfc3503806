import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cudaLibraries } from '../../native-runtime/device/runtimeLibraries';
import { zipBytes } from './zipBytes';

/** A package as the feed has it, with libraries that are only the beginnings of such. */
export function cudaPackage(): Buffer {
  return zipBytes(
    cudaLibraries.map((name) => ({ name: `runtimes/linux-x64/native/${name}`, data: libraryBytes(), deflate: true })),
  );
}

/** What a library for Linux x64 begins with, and something after it. */
export function libraryBytes(size = 50_000): Buffer {
  const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 255));
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes.writeUInt16LE(0x3e, 18);
  return bytes;
}

/** Puts a stand-in for the tool of NVIDIA's driver into a folder; it knows one processor. */
export function standInDriver(folder: string, version = '570.86.15'): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\necho "${version}, 81559, 9.0, NVIDIA H100 80GB HBM3"\n`);
  chmodSync(path, 0o755);
  return folder;
}
