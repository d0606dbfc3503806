import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../native-runtime/cli/main';
import { coreLibrary, cudaLibraries } from '../../native-runtime/device/runtimeLibraries';
import { bundledCommandLine } from '../support/bundledCommandLine';
import { cudaPackage, standInDriver } from '../support/cudaPackage';
import { temporaryFolder } from '../support/temporaryFolder';

const program = bundledCommandLine();
const root = temporaryFolder();
const driver = standInDriver(join(root, 'bin'));
const onLinux = process.platform === 'linux' && process.arch === 'x64';

afterEach(() => void vi.unstubAllEnvs());

async function run(...args: string[]) {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        texts[name] += chunk.toString();
        done();
      },
    });
  const status = await runCommandLine(args, { out: stream('out'), err: stream('err'), terminal: false });
  return { status, ...texts };
}

const withDriver = (folder = driver) => vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter));

function packageFile(): string {
  const folder = join(root, 'package');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'some.1.30.0.nupkg'), cudaPackage());
  return join(folder, 'some.1.30.0.nupkg');
}

describe.skipIf(!onLinux)('device install cuda', () => {
  it('puts the libraries of a package into a folder', async () => {
    withDriver();
    const folder = join(root, 'installed');
    const { status, out } = await run('device', 'install', 'cuda', packageFile(), '--to', folder);
    expect(status).toBe(0);
    expect(out).toBe(`installed ${cudaLibraries.join(' and ')} (100 kB) in ${folder}\n`);
    expect(readdirSync(folder).sort()).toEqual([coreLibrary, ...cudaLibraries].sort());
  });

  it.each([
    ['no package', [], 2, /the package is not named\. Get the NuGet package .*1\.30\.0/],
    ['a package that is not there', [join(root, 'nowhere.nupkg')], 2, /nowhere\.nupkg: is not there/],
  ])('%s', async (_, args, expected, message) => {
    withDriver();
    const { status, err } = await run('device', 'install', 'cuda', ...args, '--to', join(root, 'none'));
    expect(status).toBe(expected);
    expect(err).toMatch(message);
  });

  it('a driver that is too old', async () => {
    withDriver(standInDriver(join(root, 'old'), '470.1'));
    const { status, err } = await run('device', 'install', 'cuda', packageFile(), '--to', join(root, 'none'));
    expect(status).toBe(1);
    expect(err).toMatch(/the NVIDIA driver 470\.1 is too old for CUDA 12\. Install driver 525/);
  });

  it('a machine without one, unless that is meant', async () => {
    vi.stubEnv('PATH', join(root, 'empty'));
    const args = ['device', 'install', 'cuda', packageFile(), '--to', join(root, 'image')];
    if ((await run(...args)).status === 0) return;
    expect((await run(...args, '--without-gpu')).status).toBe(0);
  });
});

describe.skipIf(!onLinux)('device list', () => {
  it('says what CUDA lacks, before and after the libraries are there', async () => {
    withDriver();
    const listed = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'device', 'list', '--json']);
      const probes = JSON.parse(stdout) as { name: string; usable: boolean; remedy?: string; error?: string }[];
      expect(probes.map(({ name }) => name)).toEqual(['cpu', 'webgpu', 'cuda']);
      expect(probes[0]!.usable).toBe(true);
      return probes[2]!;
    };
    const before = await listed();
    if (before.usable) return;
    if (!before.remedy?.includes('Install CUDA support')) return;
    const folder = join(root, 'later');
    expect((await run('device', 'install', 'cuda', packageFile(), '--to', folder)).status).toBe(0);
    vi.stubEnv('LD_LIBRARY_PATH', folder);
    const after = await listed();
    // What the stand-ins for libraries are is said by the system, not by ONNX Runtime.
    expect(after.error).toContain(join(folder, cudaLibraries[0]));
    expect(after.remedy).toContain('see the message of ONNX Runtime');
  }, 240_000);
});
