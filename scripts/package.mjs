// Packs the extension for this platform, for the named ones, or for `--all` of them:
//   npm run package                    artifacts/custom-diffusion-<this platform>-<version>.vsix
//   npm run package -- win32-x64       another platform, its native files fetched from npm
//   npm run package:all
//   npm run package:snapshot           also writes the list of packed files that a test compares with
import { createVSIX } from '@vscode/vsce';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import '../esbuild.mjs';
import { packageProblems, readPackage } from './package/contents.mjs';
import { stage } from './package/stage.mjs';
import { ownTarget, targets } from './package/targets.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const chosen = options.includes('--all') ? targets : named.length > 0 ? named : [ownTarget];

for (const target of chosen) {
  if (!targets.includes(target)) fail(`no package can be made for ${target}; possible: ${targets.join(', ')}`);
  // Windows has no executable bits to pack.
  if (process.platform === 'win32' && !target.startsWith('win32')) fail(`${target} must be packed on Linux or macOS`);
  await packTarget(target);
}

async function packTarget(target) {
  const folder = stage(target);
  const path = resolve('artifacts', `custom-diffusion-${target}-${version}.vsix`);
  const links = { rewriteRelativeLinks: false, allowMissingRepository: true };
  await createVSIX({ cwd: folder, target, packagePath: path, ...links });
  const files = await readPackage(path);
  const problems = packageProblems(files, target);
  if (problems.length > 0) fail(`${path}\n  ${problems.join('\n  ')}`);
  if (options.includes('--snapshot')) {
    writeFileSync(join('test', 'package', `${target}.files.txt`), files.map(({ name }) => `${name}\n`).join(''));
  }
  console.log(`${path}: ${files.length} files, ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

function fail(message) {
  console.error(`package: ${message}`);
  process.exit(1);
}
