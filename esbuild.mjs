// Bundles the runtime's entry points, the extension host and the webviews into dist/. Native packages stay outside.
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';

const runtimeEntries = [
  'commandLine',
  'parity',
  'bench',
  'benchTable',
  'benchGrowth',
  'pocketTrain',
  'runtime',
  'draws',
];
const node = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning', sourcemap: true };

/** The runtime process, what the command line does, and the tools. */
await build({
  ...node,
  entryPoints: existing(runtimeEntries, (name) => `native-runtime/entry/${name}.ts`),
  outdir: 'dist',
  external: ['onnxruntime-node', 'sharp'],
});

/** What is typed: it loads the rest, or starts itself again and waits, with next to nothing in memory. */
await build({
  ...node,
  entryPoints: existing(['cli', 'demo'], (name) => `native-runtime/entry/${name}.ts`),
  outdir: 'dist',
  external: ['./commandLine'],
  supported: { 'dynamic-import': false },
});

/** The extension: what is loaded when it starts, and the rest, which that loads. `vscode` is given by the editor. */
await build({
  ...node,
  entryPoints: existing(['extension', 'host'], (name) => `src/${name}.ts`),
  outdir: 'dist',
  external: ['vscode', './host'],
  // `import()` becomes a later `require`, which also finds what the editor gives.
  supported: { 'dynamic-import': false },
  minify: true,
});

/** One bundle a page, styles beside it. */
await build({
  entryPoints: existing(readdirSync('webview'), (name) => `webview/${name}/main.tsx`),
  outdir: 'dist/webview',
  entryNames: '[name]',
  assetNames: '[name]',
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.ttf': 'file' },
  minify: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});

function existing(names, pathOf) {
  return Object.fromEntries(names.map((name) => [name, pathOf(name)]).filter(([, file]) => existsSync(file)));
}
