import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/** What of CUDA is on this machine. */
export interface CudaSetup {
  /** One line for people. */
  detail: string;
  hasDriver: boolean;
  /** ONNX Runtime's library for CUDA, which its npm package leaves out. */
  hasProvider: boolean;
}

/** Looks for the driver of NVIDIA's processors and for ONNX Runtime's library; nothing is loaded. */
export async function describeCuda(): Promise<CudaSetup> {
  const driver = await driverVersion();
  const hasDriver = driver !== undefined;
  const hasProvider = existsSync(join(runtimeLibraries(), providerLibrary));
  const parts = [
    hasDriver ? `NVIDIA driver${driver ? ` ${driver}` : ''}` : 'no NVIDIA driver found',
    hasProvider ? "ONNX Runtime's CUDA library" : "ONNX Runtime's CUDA library is not installed",
  ];
  return { detail: parts.join('; '), hasDriver, hasProvider };
}

/** What to do so that CUDA can be used. */
export function cudaRemedy({ hasDriver, hasProvider }: CudaSetup): string {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'ONNX Runtime for Node offers CUDA on Linux x64 only; the processor is used';
  if (!hasDriver) return 'CUDA needs an NVIDIA graphics processor and its driver; the processor is used';
  if (!hasProvider)
    return `Put ${providerLibrary} of the same version into ${runtimeLibraries()}; the processor is used`;
  return 'Install CUDA 12 and cuDNN 9, and make their libraries known to the system (LD_LIBRARY_PATH)';
}

const providerLibrary = 'libonnxruntime_providers_cuda.so';

/** The folder of ONNX Runtime's libraries for this machine. */
function runtimeLibraries(): string {
  const packageFolder = dirname(require.resolve('onnxruntime-node/package.json'));
  return join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch);
}

/** The driver's version, empty when it is there without telling; undefined without a driver. */
async function driverVersion(): Promise<string | undefined> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => undefined);
  if (text !== undefined) return /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(text)?.[1] ?? '';
  const program = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi';
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, program))) ? '' : undefined;
}
