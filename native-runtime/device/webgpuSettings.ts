import type { InferenceSession } from 'onnxruntime-node';

/**
 * How ONNX Runtime compiles and runs a graph on WebGPU. An operator without a kernel there is an error, never a detour over the
 * processor. Weights in half precision are widened while the graph is loaded, since many adapters know no such numbers.
 * @param kept outputs that stay in the device's memory
 */
export function webgpuSettings(weightFolder: string, kept: readonly string[]): InferenceSession.SessionOptions {
  return {
    executionProviders: [{ name: 'webgpu', validationMode: 'basic' }],
    preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'] as const)),
    graphOptimizationLevel: 'extended',
    logSeverityLevel: 4,
    extra: {
      session: { disable_cpu_ep_fallback: '1', model_external_initializers_file_folder_path: weightFolder },
    },
  };
}
