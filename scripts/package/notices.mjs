// Gathers the licences of everything a package carries that is not ours. The bundles' source maps say what is inside them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const loadedAtRunTime = ['onnxruntime-node', 'onnxruntime-common', 'sharp', '@img/colour', 'detect-libc', 'semver'];
const shipped = /^(extension|runtime|cli)\.js\.map$|^webview\/.*\.map$/;

/** The text of `ThirdPartyNotices.txt`: one section a package, sorted by name. */
export function thirdPartyNotices(bundleFolders, nativePackages, stage) {
  const names = new Set([...loadedAtRunTime, ...nativePackages]);
  for (const folder of bundleFolders) for (const name of bundledPackages(folder)) names.add(name);
  const sections = [...names].sort().map((name) => section(packageFolder(name, stage), name));
  return ['Custom Diffusion contains the following software.\n', ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}

function bundledPackages(folder) {
  if (!existsSync(folder)) return [];
  const maps = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  return maps
    .filter((path) => shipped.test(path))
    .flatMap((path) => JSON.parse(readFileSync(join(folder, path), 'utf8')).sources)
    .map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1])
    .filter((name) => name !== undefined);
}

function packageFolder(name, stage) {
  const folders = [join(stage, 'node_modules', name), join('node_modules', name)];
  return folders.find((folder) => existsSync(join(folder, 'package.json'))) ?? folders[1];
}

function section(folder, name) {
  const { version, license, repository, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const source = typeof repository === 'string' ? repository : repository?.url;
  const holder = typeof author === 'string' ? author : author?.name;
  const title = [
    `${name} ${version}`,
    `Licence: ${license}`,
    source && `Source: ${source}`,
    holder && `Author: ${holder}`,
  ];
  const texts = licenceFiles(folder).map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${title.filter(Boolean).join('\n')}\n\n${texts.join('\n\n')}\n`;
}

/** Licence and notice files; libvips's package keeps the licences of its parts in its README. */
function licenceFiles(folder) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying|thirdparty)/i.test(file));
  if (files.length > 0) return files.sort();
  return readdirSync(folder).filter((file) => /^readme\.md$/i.test(file));
}
