import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Where packages arrive. */
export function packageFolder(storage: string): string {
  return join(storage, 'cuda', 'package');
}

/**
 * Where ONNX Runtime's libraries for CUDA are kept: not in the extension's own folder, which an update replaces, and one folder for
 * each version of ONNX Runtime, since they fit no other.
 */
export function libraryFolder(storage: string, version: string): string {
  return join(storage, 'cuda', `onnxruntime-${version}`);
}

/** The folders that the runtime process takes native libraries from first. */
export function nativeFolders(storage: string, version: string, furtherFolders: readonly string[]): string[] {
  const installed = libraryFolder(storage, version);
  // A folder without ONNX Runtime itself would change nothing: it looks for its providers beside itself.
  const isInstalled = existsSync(join(installed, 'libonnxruntime_providers_cuda.so'));
  return [...(isInstalled ? [installed] : []), ...furtherFolders];
}

/** The version of ONNX Runtime that the extension's manifest pins. */
export function onnxRuntimeOf({ packageJSON }: { packageJSON: unknown }): string {
  return manifest.parse(packageJSON).dependencies['onnxruntime-node'];
}

const manifest = z.object({ dependencies: z.object({ 'onnxruntime-node': z.string().regex(/^\d+\.\d+\.\d+$/) }) });
