import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../src/common/protocol/runtimeProtocol';
import { packageProblems, readPackage, type PackagedFile } from '../../scripts/package/contents.mjs';
import { RuntimeProcess } from '../support/runtimeProcess';
import { extractPackage } from './extractPackage';

const run = promisify(execFile);
const target = `${process.platform}-${process.arch}`;
const { vsix } = inject('workbench');
if (!existsSync(vsix)) throw new Error(`there is no package at ${vsix}: npm run package`);

let files: PackagedFile[];
let unpacked: string;

beforeAll(async () => {
  files = await readPackage(vsix);
  unpacked = await mkdtemp(join(tmpdir(), 'custom-diffusion-package-'));
  await extractPackage(vsix, unpacked);
});

afterAll(() => rm(unpacked, { recursive: true, force: true }));

describe('the package', () => {
  it('has native files of its own platform only, no sources, no source maps', () => {
    expect(packageProblems(files, target)).toEqual([]);
  });

  it('is found out when it has a foreign native file', () => {
    const [native] = files.filter(({ head }) => head);
    const name = 'node_modules/onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll';
    expect(packageProblems([...files, { ...native!, name }], target)).toEqual([
      `${name} is not a native file of ${target}`,
    ]);
    const otherTarget = target === 'linux-x64' ? 'linux-arm64' : 'linux-x64';
    expect(packageProblems(files, otherTarget)).not.toEqual([]);
  });

  it('is under 60 MB without the pocket model', () => {
    const pocket = files.filter(({ name }) => name.startsWith('media/pocket/'));
    const pocketSize = pocket.reduce((sum, { packed }) => sum + packed, 0);
    expect(statSync(vsix).size - pocketSize).toBeLessThan(60e6);
  });

  it.runIf(target === 'linux-x64')('holds the files of the snapshot (npm run package:snapshot writes it)', () => {
    const snapshot = readFileSync(new URL('linux-x64.files.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    expect(files.map(({ name }) => name)).toEqual(snapshot);
  });

  it('names the licence of every package it carries', async () => {
    const notices = readFileSync(join(unpacked, 'ThirdPartyNotices.txt'), 'utf8');
    const modules = await readdir(join(unpacked, 'node_modules', '@img'));
    for (const name of ['onnxruntime-node', 'sharp', 'zod', ...modules.map((module) => `@img/${module}`)]) {
      expect(notices).toContain(`\n${name} `);
    }
  });
});

describe('the unpacked package', () => {
  it('reads the pocket model with plain Node and nothing else', async () => {
    const { stdout } = await run(process.execPath, ['dist/cli.js', 'inspect', 'media/pocket'], isolated(unpacked));
    expect(stdout).toMatch(/unet/i);
  });

  it('makes a picture with plain Node and its own native files', async () => {
    const prompt = ['--prompt', 'a cat on grass', '--steps', '2', '--output', 'pictures'];
    await run(process.execPath, ['dist/cli.js', 'sample', '--base', 'pocket', ...prompt], isolated(unpacked));
    const pictures = (await readdir(join(unpacked, 'pictures'), { recursive: true })).filter((name) =>
      /\.png$/.test(name),
    );
    expect(pictures).toHaveLength(1);
  });

  it('starts its runtime, which finds the processor', async () => {
    const runtime = new RuntimeProcess(join(unpacked, 'dist', 'runtime.js'));
    try {
      const { toolVersion } = await runtime.request('initialize', { protocolVersion: PROTOCOL_VERSION });
      expect(vsix).toContain(`-${toolVersion}.vsix`);
      const devices = await runtime.request('devices/probe', {});
      expect(devices.find(({ name }) => name === 'cpu')).toMatchObject({ usable: true });
    } finally {
      await runtime.disconnect();
    }
  });
});

/** No `node_modules` folder of this project may help out: the package lies in the system's temporary folder. */
function isolated(cwd: string) {
  const { NODE_PATH: _path, NODE_OPTIONS: _options, ...env } = process.env;
  return { cwd, env, maxBuffer: 2 ** 24 };
}
