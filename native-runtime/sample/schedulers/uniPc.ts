import { dataPrediction } from './dataPrediction';
import { linearCombination } from './elementwise';
import { NoiseSchedule } from './noiseSchedule';
import type { Scheduler } from './scheduler';
import type { SchedulerConfig } from './schedulerConfig';
import { alphaSigma, sigmasAt } from './sigmas';
import { multistepTimesteps } from './timesteps';

type Term = readonly [weight: number, values: Float32Array];

/**
 * UniPC of order 2 with B(h) = e^h − 1 ("bh2") on predictions of the data (Zhao et al., 2023): each step first corrects the latents
 * with the new model output, then predicts the next ones. The first and last prediction are of order 1.
 */
export class UniPcScheduler implements Scheduler {
  readonly timesteps: Float32Array;
  readonly initNoiseSigma = 1;
  private readonly sigmas: Float32Array;
  /** The last two predictions of the data, the newest last. */
  private predictions: Float32Array[] = [];
  /** The corrected latents of the step before, and the order of the prediction made from them. */
  private lastLatents: Float32Array | undefined;
  private lastOrder = 1;

  /** @throws ProductError `bad-config` when the steps do not fit the schedule. */
  constructor(
    private readonly config: SchedulerConfig,
    steps: number,
  ) {
    this.timesteps = multistepTimesteps(config, steps, config.timestepSpacing ?? 'linspace');
    this.sigmas = sigmasAt(this.timesteps, new NoiseSchedule(config).sigmas());
  }

  scaleModelInput(latents: Float32Array): Float32Array {
    return latents;
  }

  step(modelOutput: Float32Array, index: number, latents: Float32Array): Float32Array {
    if (index === 0) this.predictions = [];
    const data = dataPrediction(this.config, modelOutput, latents, alphaSigma(this.sigmas[index]!));
    const corrected = index === 0 ? latents : this.correct(data, index);
    this.predictions = [...this.predictions.slice(-1), data];
    this.lastLatents = corrected;
    this.lastOrder = Math.min(2, this.timesteps.length - index, index + 1);
    // The weight 1/2 solves the order conditions of a single difference.
    const terms = this.lastOrder === 2 ? this.olderDifference(index, 1 / 2) : [];
    return this.advance(corrected, index, terms);
  }

  /** The step to `index` once more, now that the data prediction made there is known. */
  private correct(data: Float32Array, index: number): Float32Array {
    const from = index - 1;
    const newest = this.predictions.at(-1)!;
    if (this.lastOrder === 1) return this.advance(this.lastLatents!, from, difference(data, newest, 1 / 2));
    const [olderWeight, newWeight] = correctorWeights(this.logStep(from), this.stepRatio(from));
    const terms = [...this.olderDifference(from, olderWeight), ...difference(data, newest, newWeight)];
    return this.advance(this.lastLatents!, from, terms);
  }

  /** From position `from` to the next: the exact linear part and `terms`, the finite differences of the data prediction. */
  private advance(latents: Float32Array, from: number, terms: readonly Term[]): Float32Array {
    const [start, end] = [alphaSigma(this.sigmas[from]!), alphaSigma(this.sigmas[from + 1]!)];
    const scale = -end.alpha * Math.expm1(-this.logStep(from));
    const scaled = terms.map(([weight, values]) => [scale * weight, values] as const);
    return linearCombination([end.sigma / start.sigma, latents], [scale, this.predictions.at(-1)!], ...scaled);
  }

  /** `weight` times the divided difference of the last two predictions, the newest of which was made at `from`. */
  private olderDifference(from: number, weight: number): Term[] {
    const [older, newest] = this.predictions;
    return difference(older!, newest!, weight / this.stepRatio(from));
  }

  /** h = λ(from + 1) − λ(from), with λ = log(α/σ). */
  private logStep(from: number): number {
    return Math.fround(this.lambda(from + 1) - this.lambda(from));
  }

  /** The step before `from`, backwards, in units of the step after it; negative. */
  private stepRatio(from: number): number {
    return Math.fround(Math.fround(this.lambda(from - 1) - this.lambda(from)) / this.logStep(from));
  }

  private lambda(index: number): number {
    return alphaSigma(this.sigmas[index]!).lambda;
  }
}

function difference(left: Float32Array, right: Float32Array, weight: number): Term[] {
  return [
    [weight, left],
    [-weight, right],
  ];
}

/**
 * Solves the order conditions ρ₁ + ρ₂ = b₁, r·ρ₁ + ρ₂ = b₂ for the weights of the older and the new difference. In float32, like the
 * reference: for short steps b₂ is a difference of nearly equal numbers, and its rounding error is part of what is reproduced.
 */
function correctorWeights(h: number, ratio: number): [number, number] {
  const f32 = Math.fround;
  const step = -h;
  const phi1 = f32(Math.expm1(step));
  const phi2 = f32(f32(phi1 / step) - 1);
  const phi3 = f32(f32(phi2 / step) - 0.5);
  const b1 = f32(phi2 / phi1);
  const b2 = f32(f32(phi3 * 2) / phi1);
  const older = f32(f32(b2 - b1) / f32(ratio - 1));
  return [older, f32(b1 - older)];
}
