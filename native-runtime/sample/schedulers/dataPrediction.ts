import { linearCombination } from './elementwise';
import type { SchedulerConfig } from './schedulerConfig';

/** The estimate of the clean latents from a model output, at a variance-preserving (α, σ). */
export function dataPrediction(
  config: SchedulerConfig,
  output: Float32Array,
  latents: Float32Array,
  at: { alpha: number; sigma: number },
): Float32Array {
  return config.predictionType === 'v_prediction'
    ? linearCombination([at.alpha, latents], [-at.sigma, output])
    : linearCombination([1 / at.alpha, latents], [-at.sigma / at.alpha, output]);
}
