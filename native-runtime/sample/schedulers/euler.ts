import { linearCombination } from './elementwise';
import { NoiseSchedule } from './noiseSchedule';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { sigmasAt } from './sigmas';
import { spacedTimesteps } from './timesteps';

/** Euler's method on the probability flow ODE in σ (Karras et al., 2022, algorithm 1 without churn). */
export class EulerScheduler implements Scheduler {
  readonly timesteps: Float32Array;
  readonly initNoiseSigma: number;
  /** σ at each timestep and 0 at the end. */
  protected readonly sigmas: Float32Array;

  /** @throws ProductError `bad-config` when the steps do not fit the schedule. */
  constructor(
    private readonly config: SchedulerConfig,
    steps: number,
  ) {
    const spacing = config.timestepSpacing ?? 'linspace';
    this.timesteps = spacedTimesteps(config, steps, spacing, false);
    this.sigmas = sigmasAt(this.timesteps, new NoiseSchedule(config).sigmas());
    const largest = this.sigmas[0]!;
    const f32 = Math.fround;
    this.initNoiseSigma = spacing === 'leading' ? f32(Math.sqrt(f32(f32(largest * largest) + 1))) : largest;
  }

  scaleModelInput(latents: Float32Array, index: number): Float32Array {
    return linearCombination([1 / Math.sqrt(this.sigmas[index]! ** 2 + 1), latents]);
  }

  step(modelOutput: Float32Array, index: number, latents: Float32Array, noise: () => Float32Array): Float32Array {
    const { end, added } = this.stepEnd(this.sigmas[index]!, this.sigmas[index + 1]!);
    const moved = linearCombination(
      [1, latents],
      [end - this.sigmas[index]!, this.derivative(modelOutput, latents, this.sigmas[index]!)],
    );
    return added === undefined ? moved : linearCombination([1, moved], [added, noise()]);
  }

  /** The σ to integrate to, and the deviation of the noise to add there (undefined: none is drawn). */
  protected stepEnd(_from: number, to: number): { end: number; added?: number } {
    return { end: to };
  }

  /** dx/dσ = (x − x̂_0)/σ. */
  private derivative(output: Float32Array, latents: Float32Array, sigma: number): Float32Array {
    if (this.config.predictionType === 'epsilon') return output;
    const square = sigma ** 2 + 1;
    return linearCombination([(1 - 1 / square) / sigma, latents], [1 / Math.sqrt(square), output]);
  }
}
