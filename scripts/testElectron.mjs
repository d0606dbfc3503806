// Runs the host tests in a desktop VS Code: the one VSCODE_EXECUTABLE_PATH names, or one that can be downloaded. Where there is
// neither it says so and skips; the same suites run in the workbench then (`npm run test:e2e`).
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildHostTests } from './buildHostTests.mjs';
import { ownTarget } from './package/targets.mjs';

const named = process.env.VSCODE_EXECUTABLE_PATH;
const skip = (reason) => console.log(`host tests in desktop VS Code: SKIPPED, ${reason}`);

if (named && !existsSync(named)) {
  console.error(`VSCODE_EXECUTABLE_PATH is ${named}, which does not exist`);
  process.exitCode = 1;
} else if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  skip('there is no display (try xvfb-run -a npm run test:electron)');
} else {
  const executable = named ?? (await download());
  if (executable) await testIn(executable);
}

/** The newest stable VS Code, or nothing when its server cannot be reached. */
async function download() {
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  } catch (error) {
    skip(`VS Code cannot be downloaded (${error.cause?.code ?? error.message}) and VSCODE_EXECUTABLE_PATH is not set`);
    return undefined;
  }
  return downloadAndUnzipVSCode({ version: 'stable', cachePath: resolve('artifacts', 'vscode') });
}

async function testIn(executable) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  execFileSync(process.execPath, ['scripts/package.mjs'], { stdio: 'inherit' });
  const host = await buildHostTests();
  const root = mkdtempSync(join(tmpdir(), 'custom-diffusion-electron-'));
  const results = join(root, 'results.json');
  const workspace = join(root, 'workspace');
  const folders = ['--user-data-dir', join(root, 'user'), '--extensions-dir', join(root, 'extensions')];
  try {
    mkdirSync(workspace);
    cpSync('media/concepts/mochi-cat', join(workspace, 'mochi-cat'), { recursive: true });
    installExtension(executable, resolve('artifacts', `custom-diffusion-${ownTarget}-${version}.vsix`), folders);
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: host.folder,
      extensionTestsPath: host.electron,
      launchArgs: [workspace, ...folders, '--disable-workspace-trust', '--skip-welcome'],
      extensionTestsEnv: { HOST_TEST_RESULTS: results },
    }).catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
    report(results, executable);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function installExtension(executable, vsix, folders) {
  const [cli] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const args = [...folders, '--install-extension', vsix, '--force'];
  const { status } = spawnSync(cli, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`${cli} could not install ${vsix}`);
}

function report(path, executable) {
  const all = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  for (const { suite, name, passed, error } of all)
    console.log(`${passed ? '✓' : '✗'} ${suite}: ${name}${error ? `\n${error}` : ''}`);
  const failed = all.filter(({ passed }) => !passed).length;
  if (all.length === 0 || failed > 0) process.exitCode = 1;
  console.log(`host tests in ${executable}: ${all.length - failed} passed, ${failed} failed`);
}
