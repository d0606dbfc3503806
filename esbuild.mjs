// Bundles the runtime's entry points into dist/. Native packages stay outside the bundle.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';

const entries = ['cli', 'demo', 'parity', 'bench', 'pocketTrain'];
await build({
  entryPoints: Object.fromEntries(
    entries.map((name) => [name, `native-runtime/entry/${name}.ts`]).filter(([, file]) => existsSync(file)),
  ),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  external: ['onnxruntime-node', 'sharp'],
  logLevel: 'warning',
});
