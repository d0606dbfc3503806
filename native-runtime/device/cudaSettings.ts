import type { InferenceSession } from 'onnxruntime-node';
import { forbidTf32 } from './cudaOptions';

/**
 * How ONNX Runtime compiles and runs a graph on CUDA. The binding for Node passes no option of the device on but its number. Constants
 * are folded whatever their size: weights are on the device once, in the width they are read in.
 * @param onlyDevice refuses a graph of which the device would leave a part to the processor
 */
export function cudaSettings(
  weightFolder: string,
  threads: number,
  onlyDevice: boolean,
): InferenceSession.SessionOptions {
  forbidTf32();
  return {
    executionProviders: ['cuda'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'extended',
    logSeverityLevel: 4,
    extra: {
      session: {
        ...(onlyDevice && { disable_cpu_ep_fallback: '1' }),
        model_external_initializers_file_folder_path: weightFolder,
      },
    },
  };
}
