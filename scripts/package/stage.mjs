// Lays out the folder that is zipped for one platform: our files, the packages we depend on, that platform's native files.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { thirdPartyNotices } from './notices.mjs';
import { nativeAllowList, onnxRuntimeFolder, sharpPackages } from './targets.mjs';

const ours = ['dist', 'media', 'l10n', 'README.md', 'CHANGELOG.md', 'LICENSE', 'SUPPORT.md'];

/** Fills `artifacts/stage/<target>` and returns its path. */
export function stage(target) {
  const folder = join('artifacts', 'stage', target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const strings = readdirSync('.').filter((name) => /^package\.nls.*\.json$/.test(name));
  for (const path of [...ours, ...strings].filter(existsSync)) cpSync(path, join(folder, path), { recursive: true });
  writeManifest(folder);
  stagePackages(folder, target);
  const ignore = [readFileSync('.vscodeignore', 'utf8'), ...nativeAllowList(target), ''].join('\n');
  writeFileSync(join(folder, '.vscodeignore'), ignore);
  writeFileSync(join(folder, 'ThirdPartyNotices.txt'), thirdPartyNotices(['dist'], sharpPackages(target), folder));
  return folder;
}

/** The manifest without what only the source tree needs. */
function writeManifest(folder) {
  const {
    scripts: _scripts,
    devDependencies: _development,
    ...manifest
  } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Every package of the production tree is laid out, so that the tree is whole; `.vscodeignore` decides what is packed. */
function stagePackages(folder, target) {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const native = /^node_modules\/@img\/sharp-/;
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.startsWith('node_modules/') || entry.dev || native.test(path) || !existsSync(path)) continue;
    const foreign = join(path, 'bin', 'napi-v6');
    linkTree(path, join(folder, path), (inner) => inner === join(path, 'node_modules') || inner === foreign);
  }
  const runtime = join('node_modules', 'onnxruntime-node', onnxRuntimeFolder(target));
  linkTree(runtime, join(folder, runtime));
  for (const name of sharpPackages(target)) {
    const path = join('node_modules', name);
    const locked = packages[`node_modules/${name}`];
    if (!locked) throw new Error(`${name} is not in package-lock.json`);
    if (existsSync(path)) linkTree(path, join(folder, path));
    else unpack(fetchPackage(name, locked), join(folder, path));
  }
}

/** Hard links cost neither time nor disk; across file systems the files are copied. */
function linkTree(from, to, leaveOut = () => false) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (leaveOut(source)) continue;
    if (entry.isDirectory()) linkTree(source, copy, leaveOut);
    else if (entry.isFile()) linkFile(source, copy);
  }
}

function linkFile(source, copy) {
  try {
    linkSync(source, copy);
  } catch {
    copyFileSync(source, copy);
  }
}

/** Another platform's package from the registry, checked against the lockfile. */
function fetchPackage(name, { version, integrity }) {
  const folder = join('artifacts', 'npm');
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(archive)) {
    console.log(`fetching ${name}@${version}`);
    // On Windows npm is a script, which only a shell can start.
    const args = ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder];
    execFileSync('npm', args, { shell: process.platform === 'win32' });
  }
  const [algorithm, expected] = integrity.split(/-(.*)/s);
  const actual = createHash(algorithm).update(readFileSync(archive)).digest('base64');
  if (actual === expected) return archive;
  rmSync(archive);
  throw new Error(`${basename(archive)} is not the file that package-lock.json names`);
}

function unpack(archive, folder) {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
}
