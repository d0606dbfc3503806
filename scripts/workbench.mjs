// Makes sure that the workbench of the end-to-end tests is there: the server build of VS Code that the npm package
// `code-server` carries, a Node for it (also from npm), and a Chromium. `node scripts/workbench.mjs` builds what is missing
// and prints where everything is; `--json` prints it as one line of JSON for a program.
//
//   CUSTOM_DIFFUSION_WORKBENCH   where the built workbench is kept (default: the user's cache folder)
//   CHROMIUM_PATH                the browser to drive
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ensureChromium, installDebianPackages } from './chromium.mjs';

const versions = { server: '4.139.1', node: '24.21.0' };
const nodePackage = `node-linux-${process.arch}`;
/** Only what the server loads when it runs extensions; the other native modules are for desktop and remote features. */
const nativeModules = ['@parcel/watcher', '@vscode/spdlog', '@vscode/native-watchdog', 'node-pty'];
const run = promisify(execFile);
const say = (text) => console.error(`workbench: ${text}`);

/**
 * Where the workbench, its Node and the browser are, built or installed when missing.
 * `unavailable` says why tests in the workbench cannot run on this machine at all; a build that fails throws.
 */
export async function ensureWorkbench() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    return {
      unavailable: `the workbench is built on Linux x64 and arm64, this is ${process.platform} ${process.arch}`,
    };
  const chromium = await ensureChromium(say);
  if (!chromium)
    return { unavailable: 'no Chromium: install the package chromium, or set CHROMIUM_PATH to a Chromium or Chrome' };
  const folder = process.env.CUSTOM_DIFFUSION_WORKBENCH || join(cacheFolder(), `${versions.server}-${process.arch}`);
  const layout = { folder, node: join(folder, 'node', 'bin', 'node'), server: join(folder, 'vscode'), chromium };
  if (existsSync(join(folder, 'complete.json'))) return layout;
  await build(folder);
  return layout;
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'custom-diffusion-workbench');
}

/** Builds beside the final place and renames at the end, so that a broken build is never taken for a whole one. */
async function build(folder) {
  const started = Date.now();
  say(`building VS Code's server (code-server ${versions.server}) into ${folder}; this takes a few minutes, once`);
  await requireCompilers();
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.building-`);
  try {
    await unpack(`${nodePackage}@${versions.node}`, '', join(work, 'node'));
    await unpack(`code-server@${versions.server}`, 'package/lib/vscode', join(work, 'vscode'));
    await buildNativeModules(join(work, 'vscode'), join(work, 'node'));
    await writeFile(join(work, 'complete.json'), JSON.stringify({ ...versions, builtIn: Date.now() - started }));
    await putInPlace(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  say(`built in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function putInPlace(work, folder) {
  if (existsSync(folder) && !existsSync(join(folder, 'complete.json'))) await rm(folder, { recursive: true });
  try {
    await rename(work, folder);
  } catch (error) {
    // Another process may have finished the same build first.
    if (!existsSync(join(folder, 'complete.json'))) throw error;
  }
}

/** Fetches one npm package and unpacks it, or one folder of it. */
async function unpack(spec, inside, target) {
  say(`fetching ${spec}`);
  await mkdir(target, { recursive: true });
  const env = npmEnvironment();
  await run('npm', ['pack', spec, '--silent', '--pack-destination', target], { cwd: target, env });
  const [archive] = (await readdir(target)).filter((name) => name.endsWith('.tgz'));
  const depth = inside ? inside.split('/').length : 1;
  const args = ['-xzf', archive, `--strip-components=${depth}`, ...(inside ? [inside] : [])];
  await run('tar', args, { cwd: target });
  await rm(join(target, archive));
}

async function buildNativeModules(vscode, node) {
  const env = {
    ...npmEnvironment(),
    PATH: `${join(node, 'bin')}${delimiter}${process.env.PATH}`,
    npm_config_nodedir: node,
  };
  say('installing its packages');
  await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscode, env);
  say(`building ${nativeModules.join(', ')}`);
  await npm(['rebuild', '--ignore-scripts=false', ...nativeModules], vscode, env);
}

/** The settings of the npm that started us (this project's `.npmrc` too) are not those of the build. */
function npmEnvironment() {
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig|.*proxy|cafile|ca)$/i;
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.toLowerCase().startsWith('npm_') || kept.test(name),
  );
  return Object.fromEntries(entries);
}

/** Runs npm quietly; its output is shown only when it fails. */
async function npm(args, cwd, env) {
  const child = spawn('npm', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0) return;
  console.error(Buffer.concat(output).toString().split('\n').slice(-40).join('\n'));
  throw new Error(`npm ${args.join(' ')} failed in ${cwd}`);
}

async function requireCompilers() {
  const missing = [];
  for (const tool of ['g++', 'make', 'python3', 'tar']) {
    await run('sh', ['-c', `command -v ${tool}`]).catch(() => missing.push(tool));
  }
  if (missing.length === 0) return;
  if (await installDebianPackages(['g++', 'make', 'python3', 'tar'], say)) return;
  throw new Error(`building the workbench needs ${missing.join(', ')}: install them and try again`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const workbench = await ensureWorkbench();
    if (process.argv.includes('--json')) console.log(JSON.stringify(workbench));
    else
      console.log(
        workbench.unavailable ??
          Object.entries(workbench)
            .map((entry) => entry.join(': '))
            .join('\n'),
      );
  } catch (error) {
    console.error(`workbench: ${error.message}`);
    process.exitCode = 1;
  }
}
