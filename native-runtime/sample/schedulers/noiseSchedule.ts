import { ProductError } from '../../../src/common/errors';
import { linearCombination } from './elementwise';
import type { SchedulerConfig } from './schedulerConfig';

/**
 * The forward process q(x_t | x_0) = N(√ᾱ_t·x_0, (1 − ᾱ_t)·I) (Ho et al., 2020), its ᾱ rounded to float32 at the same places as in
 * PyTorch, so that everything derived from it agrees to the last digits.
 */
export class NoiseSchedule {
  /** ᾱ_t for t = 0 … trainTimesteps − 1. */
  readonly alphasCumprod: Float32Array;

  constructor(config: SchedulerConfig) {
    this.alphasCumprod = cumulativeProduct(betasOf(config).map((beta) => 1 - beta));
  }

  get trainTimesteps(): number {
    return this.alphasCumprod.length;
  }

  /** ᾱ at a timestep. @throws ProductError `bad-config` when it is not in the schedule. */
  alphaAt(timestep: number): number {
    const alpha = this.alphasCumprod[timestep];
    if (alpha === undefined)
      throw new ProductError(
        'bad-config',
        'steps',
        `timestep ${timestep} is beyond the training timesteps`,
        'Use fewer',
      );
    return alpha;
  }

  /** `√ᾱ_t·latents + √(1 − ᾱ_t)·noise`: one sample at the given timestep. */
  addNoise(latents: Float32Array, noise: Float32Array, timestep: number): Float32Array {
    const alpha = this.alphaAt(timestep);
    return linearCombination([root(alpha), latents], [root(complement(alpha)), noise]);
  }

  /** `√ᾱ_t·noise − √(1 − ᾱ_t)·latents`: what a v-prediction model is trained to give (Salimans and Ho, 2022). */
  velocity(latents: Float32Array, noise: Float32Array, timestep: number): Float32Array {
    const alpha = this.alphaAt(timestep);
    return linearCombination([root(alpha), noise], [-root(complement(alpha)), latents]);
  }

  /** σ = √((1 − ᾱ)/ᾱ) of each training timestep, ascending. */
  sigmas(): Float32Array {
    return this.alphasCumprod.map((alpha) => root(Math.fround(complement(alpha) / alpha)));
  }
}

const root = (value: number) => Math.fround(Math.sqrt(value));
const complement = (alpha: number) => Math.fround(1 - alpha);

function betasOf(config: SchedulerConfig): Float32Array {
  if (config.trainedBetas) return Float32Array.from(config.trainedBetas);
  const { betaStart, betaEnd, trainTimesteps } = config;
  if (config.betaSchedule === 'linear') return linspace(betaStart, betaEnd, trainTimesteps);
  return linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), trainTimesteps).map((value) => value * value);
}

/** Evenly spaced float32 values, counted from the nearer end as PyTorch does. */
function linspace(first: number, last: number, count: number): Float32Array {
  const [start, end] = [Math.fround(first), Math.fround(last)];
  const step = Math.fround(Math.fround(end - start) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? start + step * i : end - step * (count - 1 - i),
  );
}

/** Running product, accumulated in float64 and stored as float32. */
function cumulativeProduct(values: Float32Array): Float32Array {
  let product = 1;
  return values.map((value) => (product *= value));
}
