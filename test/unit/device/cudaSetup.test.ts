import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cudaRemedy, describeCuda, obstacleOf } from '../../../native-runtime/device/cudaSetup';
import { findNvidia } from '../../../native-runtime/device/nvidia';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
const nowhere = join(root, 'nothing');
let count = 0;

/** A folder with a stand-in for the driver's tool. */
function toolThat(script: string): string {
  const folder = join(root, `bin ${count++}`);
  mkdirSync(folder);
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return folder;
}

/** What the kernel tells of a driver. */
function kernelWith(version: string, model?: string): string {
  const folder = join(root, `proc ${count++}`);
  mkdirSync(join(folder, 'gpus', '0000:01:00.0'), { recursive: true });
  writeFileSync(join(folder, 'version'), `NVRM version: NVIDIA UNIX ${version}  Tue Jan 1 00:00:00 UTC 2026\n`);
  if (model) writeFileSync(join(folder, 'gpus', '0000:01:00.0', 'information'), `Model: \t\t ${model}\nIRQ: 1\n`);
  return folder;
}

describe.skipIf(process.platform === 'win32')('finding the driver and its processors', () => {
  it("reads the tool's table, one line a processor", async () => {
    const programs = toolThat(
      `echo "570.86.15, 81559, 9.0, NVIDIA H100 80GB HBM3"; echo "570.86.15, [N/A], 8.6, NVIDIA A40, passed through"`,
    );
    expect(await findNvidia({ programs, kernel: nowhere })).toEqual({
      driver: '570.86.15',
      gpus: [
        { name: 'NVIDIA H100 80GB HBM3', memoryBytes: 81559 * 2 ** 20, computeCapability: 9 },
        { name: 'NVIDIA A40, passed through', computeCapability: 8.6 },
      ],
    });
  });

  it.each([
    ['a tool without a driver', 'echo "NVIDIA-SMI has failed"; exit 9'],
    ['a tool that tells nothing', 'exit 0'],
    ['a tool that does not know a field', 'echo "Field compute_cap is not a valid field to query." >&2; exit 2'],
  ])('%s: asks the kernel', async (_, script) => {
    const kernel = kernelWith('Open Kernel Module for x86_64  550.54.14', 'NVIDIA L4');
    const found = await findNvidia({ programs: toolThat(script), kernel });
    expect(found).toEqual({ driver: '550.54.14', gpus: [{ name: 'NVIDIA L4' }] });
  });

  it('neither tool nor driver', async () => {
    expect(await findNvidia({ programs: nowhere, kernel: nowhere })).toEqual({ gpus: [] });
  });
});

describe('what keeps CUDA from being used', () => {
  const gpu = { name: 'NVIDIA A40', computeCapability: 8.6 };
  it.each([
    ['another system', { driver: '570.1', gpus: [gpu] }, 'darwin', 'no CUDA on darwin'],
    ['no driver', { gpus: [] }, 'linux', 'no NVIDIA driver found'],
    ['a driver that is too old', { driver: '470.256.02', gpus: [gpu] }, 'linux', '470.256.02 is too old'],
    ['the same series, too old', { driver: '525.60.12', gpus: [gpu] }, 'linux', '525.60.12 is too old'],
    ['no processor', { driver: '570.86.15', gpus: [] }, 'linux', 'finds no graphics processor'],
    [
      'a processor that is too old',
      { driver: '570.86.15', gpus: [{ name: 'GTX 1080', computeCapability: 6.1 }] },
      'linux',
      'GTX 1080 is too old',
    ],
    ['nothing', { driver: '525.60.13', gpus: [gpu] }, 'linux', undefined],
    ['nothing, for a newer driver', { driver: '580.65.06', gpus: [{ name: 'GPU' }] }, 'linux', undefined],
  ])('%s', (_, nvidia, platform, problem) => {
    const obstacle = obstacleOf(nvidia, platform, 'x64');
    if (problem === undefined) return expect(obstacle).toBeUndefined();
    expect(obstacle?.problem).toContain(problem);
    expect(obstacle?.remedy).toBeTruthy();
  });
});

describe('what to do', () => {
  const setup = { driver: '570.86.15', gpus: [{ name: 'NVIDIA A40', memoryBytes: 48 * 2 ** 30 }] };
  const failed = (library: string) => `Failed to load: ${library}: cannot open shared object file: No such file`;

  it.each([
    ['the libraries are missing', setup, '', 'Install CUDA Support…'],
    [
      'CUDA is missing',
      { ...setup, libraries: '/x' },
      failed('libcublasLt.so.12'),
      'libcublasLt.so.12 is missing: install CUDA 12',
    ],
    [
      'cuDNN is missing',
      { ...setup, libraries: '/x' },
      failed('libcudnn.so.9'),
      'libcudnn.so.9 is missing: install cuDNN 9',
    ],
    [
      'a newer CUDA is missing',
      { ...setup, libraries: '/x' },
      failed('libcudart.so.13'),
      'libcudart.so.13 is missing: install CUDA 13',
    ],
    ['a part of CUDA is missing', { ...setup, libraries: '/x' }, failed('libcurand.so.10'), 'install CUDA,'],
    ['something else', { ...setup, libraries: '/x' }, 'CUDA failure 100', 'see the message'],
    ['an obstacle', { ...setup, obstacle: { problem: 'p', remedy: 'Do this' } }, '', 'Do this'],
  ])('%s', (_, found, error, remedy) => expect(cudaRemedy(found, error)).toContain(remedy));

  it('is told with what there is', () => {
    expect(describeCuda(setup)).toBe(
      "NVIDIA A40, 48 GB; NVIDIA driver 570.86.15; ONNX Runtime's CUDA library is not installed",
    );
  });
});
