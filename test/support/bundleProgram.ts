import { build } from 'esbuild';

/**
 * Bundles a program of the runtime into one file for plain Node; the native packages stay outside.
 * @param beside what it loads from files beside it, as it imports them
 */
export async function bundleProgram(entry: string, outfile: string, beside: readonly string[] = []): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node', 'sharp', 'esbuild', ...beside],
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
}
