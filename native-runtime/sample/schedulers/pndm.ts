import { ProductError } from '../../../src/common/errors';
import { linearCombination } from './elementwise';
import { NoiseSchedule } from './noiseSchedule';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { spacedTimesteps } from './timesteps';

/** Weights of the linear multistep method for one to four model outputs, newest first (Liu et al., 2022, eq. 12). */
const multistepWeights = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];

/** Weights of the four evaluations of a Runge–Kutta step. */
const rungeKuttaWeights = [1 / 6, 1 / 3, 1 / 3, 1 / 6];

/**
 * PNDM, pseudo numerical methods on manifolds (Liu et al., 2022). With `skip_prk_steps` (as Stable Diffusion is published) it warms up by
 * taking the second timestep twice, so there is one timestep more than steps; without, by three Runge–Kutta steps of four evaluations.
 */
export class PndmScheduler implements Scheduler {
  readonly timesteps: Float32Array;
  readonly initNoiseSigma = 1;
  private readonly schedule: NoiseSchedule;
  private readonly finalAlpha: number;
  private readonly stride: number;
  /** Evaluations that belong to Runge–Kutta steps. */
  private readonly rungeKuttaCount: number;
  private outputs: Float32Array[] = [];
  private start: Float32Array | undefined;
  private accumulated: Float32Array | undefined;

  /** @throws ProductError `bad-config` when the steps do not fit the schedule, or are fewer than 4 without `skip_prk_steps`. */
  constructor(
    private readonly config: SchedulerConfig,
    private readonly steps: number,
  ) {
    this.schedule = new NoiseSchedule(config);
    this.finalAlpha = config.setAlphaToOne ? 1 : this.schedule.alphaAt(0);
    this.stride = Math.floor(config.trainTimesteps / steps);
    const plain = spacedTimesteps(config, steps, config.timestepSpacing ?? 'leading');
    const warmUp = config.skipPrkSteps ? [] : this.rungeKuttaTimesteps(plain);
    this.rungeKuttaCount = warmUp.length;
    const rest = config.skipPrkSteps ? [...plain.slice(0, 2), ...plain.slice(1)] : [...plain.slice(3)];
    this.timesteps = Float32Array.from([...warmUp, ...(steps === 1 ? plain : rest)]);
  }

  scaleModelInput(latents: Float32Array): Float32Array {
    return latents;
  }

  step(modelOutput: Float32Array, index: number, latents: Float32Array): Float32Array {
    if (index === 0) this.outputs = [];
    return index < this.rungeKuttaCount
      ? this.rungeKuttaStep(modelOutput, index, latents)
      : this.multistep(modelOutput, index, latents);
  }

  private rungeKuttaTimesteps(plain: Float32Array): number[] {
    if (this.steps < 4)
      throw new ProductError('bad-config', 'steps', `PNDM needs 4 steps, not ${this.steps}`, 'Use more steps');
    const half = Math.floor(this.stride / 2);
    // Each step evaluates its start, twice its middle, and its end, which is the start of the next.
    return [0, 1, 2].flatMap((i) => [plain[i]!, plain[i + 1]! + half, plain[i + 1]! + half, plain[i + 1]!]);
  }

  private rungeKuttaStep(output: Float32Array, index: number, latents: Float32Array): Float32Array {
    const stage = index % 4;
    if (stage === 0) {
      this.outputs.push(output);
      this.start = latents;
    }
    const weighted: [number, Float32Array] = [rungeKuttaWeights[stage]!, output];
    this.accumulated = stage === 0 ? linearCombination(weighted) : linearCombination([1, this.accumulated!], weighted);
    const from = this.timesteps[index - stage]!;
    const to = this.timesteps[index]! - (index % 2 === 0 ? Math.floor(this.stride / 2) : 0);
    return this.transfer(this.start!, from, to, stage === 3 ? this.accumulated : output);
  }

  private multistep(output: Float32Array, index: number, latents: Float32Array): Float32Array {
    const timestep = this.timesteps[index]!;
    const isSecondTry = this.config.skipPrkSteps === true && index === 1;
    if (isSecondTry) {
      // The first step again, from where it began, with the mean of the outputs at both its ends.
      const mean = linearCombination([1 / 2, output], [1 / 2, this.outputs[0]!]);
      return this.transfer(this.start!, timestep + this.stride, timestep, mean);
    }
    if (index === 0) this.start = latents;
    this.outputs = [...this.outputs.slice(-3), output];
    const weights = multistepWeights[this.outputs.length - 1]!;
    const terms = weights.map((weight, age) => [weight, this.outputs.at(-1 - age)!] as const);
    return this.transfer(latents, timestep, timestep - this.stride, linearCombination(...terms));
  }

  /** Moves latents from one timestep to another along a model output (eq. 11). */
  private transfer(latents: Float32Array, from: number, to: number, output: Float32Array): Float32Array {
    const alpha = this.schedule.alphaAt(from);
    const alphaTo = to >= 0 ? this.schedule.alphaAt(to) : this.finalAlpha;
    const epsilon =
      this.config.predictionType === 'v_prediction'
        ? linearCombination([Math.sqrt(alpha), output], [Math.sqrt(1 - alpha), latents])
        : output;
    const divisor = alpha * Math.sqrt(1 - alphaTo) + Math.sqrt(alpha * (1 - alpha) * alphaTo);
    return linearCombination([Math.sqrt(alphaTo / alpha), latents], [-(alphaTo - alpha) / divisor, epsilon]);
  }
}
