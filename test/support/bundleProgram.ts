import { build } from 'esbuild';

/** Bundles a program of the runtime into one file for plain Node; the native packages stay outside. */
export async function bundleProgram(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node', 'sharp', 'esbuild'],
    logLevel: 'error',
  });
}
