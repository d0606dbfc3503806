import { dataPrediction } from './dataPrediction';
import { linearCombination } from './elementwise';
import { NoiseSchedule } from './noiseSchedule';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { alphaSigma, karrasSchedule, sigmasAt } from './sigmas';
import { multistepTimesteps } from './timesteps';

/** DPM-Solver++(2M) (Lu et al., 2022, algorithm 2), midpoint form, of first order in the first and last step. */
export class DpmSolverScheduler implements Scheduler {
  readonly timesteps: Float32Array;
  readonly initNoiseSigma = 1;
  private readonly sigmas: Float32Array;
  private previous: Float32Array | undefined;

  /** `useKarrasSigmas`: σ spaced as by Karras et al. @throws ProductError `bad-config` when the steps do not fit the schedule. */
  constructor(
    private readonly config: SchedulerConfig,
    steps: number,
    useKarrasSigmas: boolean,
  ) {
    const trainSigmas = new NoiseSchedule(config).sigmas();
    if (useKarrasSigmas) ({ sigmas: this.sigmas, timesteps: this.timesteps } = karrasSchedule(steps, trainSigmas));
    else {
      this.timesteps = multistepTimesteps(config, steps, config.timestepSpacing ?? 'linspace');
      this.sigmas = sigmasAt(this.timesteps, trainSigmas);
    }
  }

  scaleModelInput(latents: Float32Array): Float32Array {
    return latents;
  }

  step(modelOutput: Float32Array, index: number, latents: Float32Array): Float32Array {
    const from = alphaSigma(this.sigmas[index]!);
    const to = alphaSigma(this.sigmas[index + 1]!);
    const data = dataPrediction(this.config, modelOutput, latents, from);
    const before = this.previous;
    this.previous = data;

    const h = to.lambda - from.lambda;
    const weight = -to.alpha * Math.expm1(-h);
    const isFirstOrder = index === 0 || index === this.timesteps.length - 1;
    if (isFirstOrder) return linearCombination([to.sigma / from.sigma, latents], [weight, data]);
    const r = (from.lambda - alphaSigma(this.sigmas[index - 1]!).lambda) / h;
    return linearCombination(
      [to.sigma / from.sigma, latents],
      [weight * (1 + 1 / (2 * r)), data],
      [-weight / (2 * r), before!],
    );
  }
}
