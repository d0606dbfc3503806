import { roundHalfEven } from './timesteps';

const f32 = Math.fround;

/** σ at the given timesteps, between training timesteps by linear interpolation, with the final 0 appended. */
export function sigmasAt(timesteps: Float32Array, trainSigmas: Float32Array): Float32Array {
  const last = trainSigmas.length - 1;
  const values = Array.from(timesteps, (t) => {
    const low = Math.min(Math.floor(t), last);
    const high = Math.min(low + 1, last);
    return trainSigmas[low]! + (t - low) * (trainSigmas[high]! - trainSigmas[low]!);
  });
  return Float32Array.from([...values, 0]);
}

/** σ spaced evenly in σ^(1/7) (Karras et al., 2022, eq. 5), from the largest down, with their whole timesteps and the final 0. */
export function karrasSchedule(
  steps: number,
  trainSigmas: Float32Array,
): { sigmas: Float32Array; timesteps: Float32Array } {
  const rho = 7;
  const smallest = trainSigmas[0]! ** (1 / rho);
  const largest = trainSigmas.at(-1)! ** (1 / rho);
  const sigmas = Array.from({ length: steps }, (_, i) => {
    const ramp = steps > 1 ? i / (steps - 1) : 0;
    return (largest + ramp * (smallest - largest)) ** rho;
  });
  const logSigmas = trainSigmas.map(Math.log);
  const timesteps = Float32Array.from(sigmas, (sigma) => roundHalfEven(timestepOf(sigma, logSigmas)));
  return { sigmas: Float32Array.from([...sigmas, 0]), timesteps };
}

/** The fractional timestep whose log σ is that of `sigma`. */
function timestepOf(sigma: number, logSigmas: Float32Array): number {
  const logSigma = Math.log(Math.max(sigma, 1e-10));
  let low = 0;
  while (low < logSigmas.length - 2 && logSigmas[low + 1]! <= logSigma) low++;
  const weight = (logSigmas[low]! - logSigma) / f32(logSigmas[low]! - logSigmas[low + 1]!);
  return low + Math.min(1, Math.max(0, weight));
}

/** The variance-preserving pair of a σ: α = 1/√(σ² + 1), and σα; with λ = log α − log σα. All in float32, as in PyTorch. */
export function alphaSigma(sigma: number): { alpha: number; sigma: number; lambda: number } {
  const alpha = f32(1 / f32(Math.sqrt(f32(f32(sigma * sigma) + 1))));
  const scaled = f32(sigma * alpha);
  return { alpha, sigma: scaled, lambda: f32(f32(Math.log(alpha)) - f32(Math.log(scaled))) };
}
