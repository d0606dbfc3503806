import { Argument } from 'commander';
import { resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { DeviceProbe } from '../../src/common/protocol/device';
import { examineCuda } from '../device/cudaSetup';
import { installCudaLibraries } from '../device/installCudaLibraries';
import { onnxRuntimeVersion, probeDevices } from '../device/probe';
import { packageLibraries } from '../device/runtimeLibraries';
import { formatBytes } from '../formatBytes';
import { freeBytesAt } from '../train/diskSpace';
import { consoleFor, withCommonOptions, type AddCommand, type CommonOptions } from './commandContext';
import { INTERRUPTED, interruptible } from './interrupt';

interface InstallFlags extends CommonOptions {
  to?: string;
  withoutGpu?: boolean;
}

/** `device`: what graphs can run on, and what CUDA needs to be one of them. */
export const addDevice: AddCommand = (program, context) => {
  const device = program.command('device').description('list what graphs can run on, and install support for it');
  const list = device
    .command('list', { isDefault: true })
    .description('run a graph of one operator on every device')
    .action(async (options: CommonOptions) => {
      const probes = await probeDevices(process.argv[1]!, new AbortController().signal);
      consoleFor(context, options).result(probes, probes.map(describe).join('\n'));
    });
  withCommonOptions(list, ['device list']);
  const install = device
    .command('install')
    .description("put ONNX Runtime's libraries for a device where it finds them; nothing is downloaded")
    .addArgument(new Argument('<device>', 'the device').choices(['cuda']))
    .argument('[package]', 'NuGet package, Python wheel or folder that holds the libraries')
    .option('--to <folder>', "another folder than ONNX Runtime's own; LD_LIBRARY_PATH must name it then")
    .option('--without-gpu', 'also on a machine that has no NVIDIA processor, such as one that builds images')
    .action(async (_device: string, source: string | undefined, options: InstallFlags) => {
      const console = consoleFor(context, options);
      const result = await interruptible(console, 'Stopping.', (signal) => installCuda(source, options, signal)).catch(
        (error: unknown) => {
          if (error instanceof ProductError && error.code === 'cancelled') return undefined;
          throw error;
        },
      );
      if (!result) return context.setStatus(INTERRUPTED);
      const { files, bytes, folder } = result;
      console.result(result, `installed ${files.join(' and ')} (${formatBytes(bytes)}) in ${folder}`);
    });
  withCommonOptions(install, [
    `device install cuda ./microsoft.ml.onnxruntime.gpu.linux.${onnxRuntimeVersion}.nupkg`,
    'device install cuda ./folder-with-the-libraries --to ~/onnxruntime-cuda',
  ]);
};

async function installCuda(source: string | undefined, { to, withoutGpu }: InstallFlags, signal: AbortSignal) {
  const { obstacle } = await examineCuda();
  if (obstacle && !withoutGpu) throw new ProductError('device', 'cuda', obstacle.problem, obstacle.remedy);
  // This process never opens a connection: fetching is left to a tool of the user's choice, or to the editor.
  if (source === undefined)
    throw new ProductError(
      'bad-input',
      'device install cuda',
      'the package is not named',
      `Get the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux ${onnxRuntimeVersion}, check its SHA-512, and name its file; ` +
        'in the editor "Install CUDA Support…" does all of that',
    );
  const options = { version: onnxRuntimeVersion, signal, freeBytes: freeBytesAt };
  return installCudaLibraries(source, to === undefined ? packageLibraries() : resolve(to), options);
}

function describe({ name, usable, detail, error, remedy }: DeviceProbe): string {
  const lines = [`${name.padEnd(7)} ${usable ? 'usable' : 'not usable'}: ${detail}`];
  if (error) lines.push(...error.split(/\r?\n/).map((line) => `        ${line}`));
  if (remedy) lines.push(`        ${remedy}`);
  return lines.join('\n');
}
