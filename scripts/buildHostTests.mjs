// Bundles the host test suites (`test/host/suites/*.ts`) into a small extension of their own and packs it, for tests only.
// Writes `artifacts/host-tests/`: the extension, `electron.js` for @vscode/test-electron, and `host-tests.vsix`.
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const source = join('test', 'host');
const folder = resolve('artifacts', 'host-tests');
const suiteFiles = readdirSync(join(source, 'suites')).filter((file) => file.endsWith('.ts'));

/** Builds and packs; returns where everything is and the names of the tests of each suite. */
export async function buildHostTests() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };
  const entryPoints = ['extension', 'electron'].map((name) => join(source, `${name}.ts`));
  await build({ ...options, entryPoints, outdir: folder, plugins: [suitesPlugin], logLevel: 'warning' });
  copyFileSync(join(source, 'package.json'), join(folder, 'package.json'));
  copyFileSync('LICENSE', join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'README.md'), 'Host tests of Custom Diffusion.\n');
  writeFileSync(join(folder, '.vscodeignore'), '*.vsix\nelectron.js\n');
  const vsix = join(folder, 'host-tests.vsix');
  await createVSIX({ cwd: folder, packagePath: vsix, dependencies: false, allowMissingRepository: true });
  return { folder, vsix, electron: join(folder, 'electron.js'), tests: await testNames(options) };
}

/** Gives the suites to the bundle as one module. */
const suitesPlugin = {
  name: 'host-suites',
  setup(building) {
    building.onResolve({ filter: /^host-suites$/ }, ({ path }) => ({ path, namespace: 'host-suites' }));
    building.onLoad({ filter: /.*/, namespace: 'host-suites' }, () => {
      const names = suiteFiles.map((file) => basename(file, '.ts'));
      const imports = names.map((name, index) => `import * as suite${index} from './${name}';`);
      const entries = names.map((name, index) => `${JSON.stringify(name)}: suite${index}`);
      const contents = `${imports.join('\n')}\nexport const suites = { ${entries.join(', ')} };`;
      return { contents, loader: 'ts', resolveDir: resolve(source, 'suites') };
    });
  },
};

/** What a suite exports is known from its bundle, without running it. */
async function testNames(options) {
  const entryPoints = suiteFiles.map((file) => join(source, 'suites', file));
  const { metafile } = await build({
    ...options,
    format: 'esm',
    entryPoints,
    outdir: folder,
    metafile: true,
    write: false,
  });
  const outputs = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
  return Object.fromEntries(outputs.map(({ entryPoint, exports }) => [basename(entryPoint, '.ts'), exports]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const json = process.argv.includes('--json');
  // The packer reports to standard output, which belongs to the JSON.
  if (json) console.log = console.info = () => {};
  const built = await buildHostTests();
  process.stdout.write(`${JSON.stringify(built, null, json ? 0 : 2)}\n`);
}
