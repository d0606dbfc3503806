import type { CudaSetup } from '../../src/common/protocol/device';
import { findNvidia, type Nvidia } from './nvidia';
import { hasCudaLibraries, loadedLibraries } from './runtimeLibraries';

/** The oldest driver that runs programs made for CUDA 12, whatever its minor version (NVIDIA's compatibility table for Linux). */
export const OLDEST_DRIVER = '525.60.13';

/** The oldest processors that ONNX Runtime's kernels for CUDA 12 are made for: Volta and Turing. */
const LOWEST_CAPABILITY = 7;

const usesProcessor = 'until then the processor is used';

/** What of CUDA is on this machine, and the first thing that keeps it from being used. Nothing is loaded. */
export async function examineCuda(): Promise<CudaSetup> {
  const folder = loadedLibraries();
  const nvidia = await findNvidia();
  const obstacle = obstacleOf(nvidia, process.platform, process.arch);
  return { ...nvidia, ...(hasCudaLibraries(folder) ? { libraries: folder } : {}), ...(obstacle ? { obstacle } : {}) };
}

/** Why no library would help: the wrong system, no processor, a driver that is too old. */
export function obstacleOf({ driver, gpus }: Nvidia, platform: string, architecture: string): CudaSetup['obstacle'] {
  if (platform !== 'linux' || architecture !== 'x64')
    return {
      problem: `ONNX Runtime for Node has no CUDA on ${platform} ${architecture}`,
      remedy: 'Work on a Linux x64 machine, also over SSH; here the processor or WebGPU is used',
    };
  if (driver === undefined)
    return {
      problem: 'no NVIDIA driver found',
      remedy: `Install an NVIDIA graphics processor and its driver, ${OLDEST_DRIVER} or newer; ${usesProcessor}`,
    };
  if (isOlder(driver, OLDEST_DRIVER))
    return {
      problem: `the NVIDIA driver ${driver} is too old for CUDA 12`,
      remedy: `Install driver ${OLDEST_DRIVER} or newer; ${usesProcessor}`,
    };
  if (gpus.length === 0)
    return {
      problem: `the NVIDIA driver ${driver} finds no graphics processor`,
      remedy: `Check that it is plugged in and given to this machine or container; ${usesProcessor}`,
    };
  const known = gpus.map(({ computeCapability }) => computeCapability ?? LOWEST_CAPABILITY);
  if (Math.max(...known) < LOWEST_CAPABILITY)
    return {
      problem: `${gpus[0]!.name} is too old (compute capability ${known[0]}, ${LOWEST_CAPABILITY}.0 is needed)`,
      remedy: 'Try WebGPU, or a newer graphics processor',
    };
  return undefined;
}

/** One line for people. */
export function describeCuda({ driver, gpus, libraries, obstacle }: CudaSetup): string {
  const names = gpus.map(({ name, memoryBytes }) =>
    memoryBytes === undefined ? name : `${name}, ${Math.round(memoryBytes / 2 ** 30)} GB`,
  );
  return [
    ...(obstacle ? [obstacle.problem] : [...names, `NVIDIA driver ${driver}`]),
    libraries ? "ONNX Runtime's CUDA library" : "ONNX Runtime's CUDA library is not installed",
  ].join('; ');
}

/** What to do so that CUDA can be used. @param error what ONNX Runtime said when it was tried */
export function cudaRemedy(setup: CudaSetup, error: string): string {
  if (setup.obstacle) return setup.obstacle.remedy;
  if (!setup.libraries)
    return (
      'Install CUDA support: "Install CUDA Support…" in the editor, or "custom-diffusion device install cuda"; ' +
      usesProcessor
    );
  const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(error)?.[1];
  if (missing === undefined) return `Install CUDA 12 and cuDNN 9 and see the message of ONNX Runtime; ${usesProcessor}`;
  return (
    `${missing} is missing: install ${sourceOf(missing)}, and name the folder of its libraries in ` +
    `customDiffusion.cuda.libraryFolders or LD_LIBRARY_PATH; ${usesProcessor}`
  );
}

/** What a library is part of. The versions of some say that of CUDA, those of others count by themselves. */
function sourceOf(library: string): string {
  if (library.startsWith('libcuda.so')) return "NVIDIA's driver";
  const [, name, version] = /^lib(cudnn|cublas|cudart)[^.]*\.so\.(\d+)/.exec(library) ?? [];
  if (name === 'cudnn') return `cuDNN ${version}`;
  return name === undefined ? 'CUDA' : `CUDA ${version}`;
}

/** Compares versions number by number. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(a!.length, b!.length); i++)
    if ((a![i] ?? 0) !== (b![i] ?? 0)) return (a![i] ?? 0) < (b![i] ?? 0);
  return false;
}
