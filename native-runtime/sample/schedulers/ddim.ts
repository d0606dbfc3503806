import { ProductError } from '../../../src/common/errors';
import { clamp, linearCombination } from './elementwise';
import { NoiseSchedule } from './noiseSchedule';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { spacedTimesteps } from './timesteps';

/** DDIM (Song et al., 2021, eq. 12); `eta` 0 is deterministic, 1 adds the noise of DDPM. */
export class DdimScheduler implements Scheduler {
  readonly timesteps: Float32Array;
  readonly initNoiseSigma = 1;
  private readonly schedule: NoiseSchedule;
  private readonly finalAlpha: number;
  private readonly stride: number;

  /** @throws ProductError `bad-config` when `eta` is not in [0, 1] or the steps do not fit the schedule. */
  constructor(
    private readonly config: SchedulerConfig,
    steps: number,
    private readonly eta = 0,
  ) {
    if (!(eta >= 0 && eta <= 1))
      throw new ProductError('bad-config', 'eta', `${eta} is out of range`, 'Use a value from 0 to 1');
    this.schedule = new NoiseSchedule(config);
    this.timesteps = spacedTimesteps(config, steps, config.timestepSpacing ?? 'leading');
    this.finalAlpha = (config.setAlphaToOne ?? true) ? 1 : this.schedule.alphaAt(0);
    this.stride = Math.floor(config.trainTimesteps / steps);
  }

  scaleModelInput(latents: Float32Array): Float32Array {
    return latents;
  }

  step(modelOutput: Float32Array, index: number, latents: Float32Array, noise: () => Float32Array): Float32Array {
    const timestep = this.timesteps[index]!;
    const alpha = this.schedule.alphaAt(timestep);
    const previous = timestep - this.stride;
    const alphaPrevious = previous >= 0 ? this.schedule.alphaAt(previous) : this.finalAlpha;
    const { sample, epsilon } = this.predictions(modelOutput, latents, alpha);

    const variance = ((1 - alphaPrevious) / (1 - alpha)) * (1 - alpha / alphaPrevious);
    const deviation = this.eta * Math.sqrt(variance);
    const direction = Math.sqrt(Math.max(0, 1 - alphaPrevious - deviation ** 2));
    const mean = linearCombination([Math.sqrt(alphaPrevious), sample], [direction, epsilon]);
    return this.eta > 0 ? linearCombination([1, mean], [deviation, noise()]) : mean;
  }

  /** The estimates of the clean latents and of the noise in the current ones. */
  private predictions(output: Float32Array, latents: Float32Array, alpha: number) {
    const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
    const isVelocity = this.config.predictionType === 'v_prediction';
    const sample = isVelocity
      ? linearCombination([a, latents], [-b, output])
      : linearCombination([1 / a, latents], [-b / a, output]);
    const epsilon = isVelocity ? linearCombination([a, output], [b, latents]) : output;
    return { sample: this.config.clipSample ? clamp(sample, this.config.clipSampleRange) : sample, epsilon };
  }
}
