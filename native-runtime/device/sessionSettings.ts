import type { InferenceSession } from 'onnxruntime-node';

/** Weights of up to this many bytes may be copied for speed; those of the pocket model are 18 MB. */
export const copiedWeightBytes = 256 * 2 ** 20;

/** Whether weights of so many bytes may be laid out anew, and what follows from them alone computed once. */
export const mayCopyWeights = (weightBytes: number, lean = false) => !lean && weightBytes <= copiedWeightBytes;

/**
 * How ONNX Runtime compiles and runs a graph on the CPU. Large weights stay in the mapped file: no arena, no memory pattern, no
 * pre-packing, no folded copies. Small ones are laid out anew for the kernels, and freed tensors stay in the process (both measured in docs/performance.md),
 * unless the session is to be lean.
 */
export function sessionSettings(
  weightBytes: number,
  weightFolder: string,
  threads: number,
  lean = false,
): InferenceSession.SessionOptions {
  const mayCopy = mayCopyWeights(weightBytes, lean);
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: mayCopy ? 'all' : 'extended',
    enableCpuMemArena: mayCopy,
    // One block for all results of a run would be asked for beside what the first run left.
    enableMemPattern: mayCopy,
    logSeverityLevel: 4,
    extra: {
      session: {
        ...(!mayCopy && { disable_prepacking: '1' }),
        // Threads look for work between operators, but not between runs, when other programs want the processor.
        force_spinning_stop: '1',
        model_external_initializers_file_folder_path: weightFolder,
      },
      ...(!mayCopy && { optimization: { constant_folding_max_output_size_in_bytes: '1000000' } }),
    },
  };
}
