import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** ONNX Runtime itself; providers are looked for beside it and nowhere else. */
export const coreLibrary = 'libonnxruntime.so.1';

/** ONNX Runtime's libraries for CUDA, which its npm package leaves out, in the order in which they may appear in a folder. */
export const cudaLibraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const;

/** The folder of ONNX Runtime's libraries inside its npm package. */
export function packageLibraries(): string {
  const packageFolder = dirname(require.resolve('onnxruntime-node/package.json'));
  return join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch);
}

/** The folder that this process has ONNX Runtime from: the package's, or another that LD_LIBRARY_PATH names first. */
export function loadedLibraries(): string {
  if (process.platform !== 'linux') return packageLibraries();
  try {
    const line = new RegExp(`(/[^\\n]*)/${coreLibrary.replaceAll('.', '\\.')}\\S*$`, 'm');
    return line.exec(readFileSync('/proc/self/maps', 'utf8'))?.[1] ?? packageLibraries();
  } catch {
    return packageLibraries();
  }
}

/** Whether a folder has all that ONNX Runtime needs for CUDA of its own. */
export function hasCudaLibraries(folder: string): boolean {
  return cudaLibraries.every((name) => existsSync(join(folder, name)));
}

/**
 * Loads the libraries for CUDA and gives what the system says against it, which ONNX Runtime keeps to itself; undefined when it says
 * nothing. Only for processes that end soon: what was loaded stays.
 */
export function loadingProblem(folder: string): string | undefined {
  for (const name of cudaLibraries) {
    try {
      process.dlopen({ exports: {} }, join(folder, name));
    } catch (error) {
      const { message } = error as Error;
      // Node expects an addon of its own; by then the library is loaded.
      if (!message.includes('did not self-register')) return message;
    }
  }
  return undefined;
}
