import { smallestMoment, type OptimizerSettings } from './optimizer';

/** A trained tensor with its moments and the gradient of this update, as flat arrays of one length. */
export interface HostTrainable {
  weight: Float32Array;
  m: Float32Array;
  v: Float32Array;
  gradient: Float32Array;
  learningRate: number;
}

/** What an update did. */
export interface HostUpdate {
  /** √ of the sum of squares of all gradients, before clipping. */
  gradientNorm: number;
  /** False when the loss or the norm was not finite, and then nothing changed. */
  applied: boolean;
}

/**
 * The AdamW update of `adamW`, in place and outside the graph: one pass over weights and moments instead of fifteen, and none of
 * them leaves a graph as a new tensor (docs/performance.md).
 * @param corrections 1 − βᵗ of both moments
 */
export function updateOnHost(
  trainables: readonly HostTrainable[],
  loss: number,
  settings: OptimizerSettings,
  { correction1, correction2 }: { correction1: number; correction2: number },
): HostUpdate {
  const gradientNorm = Math.sqrt(trainables.reduce((sum, { gradient }) => sum + sumOfSquares(gradient), 0));
  if (!Number.isFinite(Math.abs(loss) + gradientNorm)) return { gradientNorm, applied: false };
  const clipped = settings.clip > 0 ? Math.min(settings.clip / (gradientNorm + 1e-6), 1) : 1;
  for (const trainable of trainables)
    updateOne(trainable, {
      scale: clipped,
      rate1: 1 - settings.beta1,
      rate2: 1 - settings.beta2,
      kept: 1 - trainable.learningRate * settings.weightDecay,
      stepSize: trainable.learningRate / correction1,
      root: 1 / Math.sqrt(correction2),
      epsilon: settings.epsilon,
    });
  return { gradientNorm, applied: true };
}

interface Factors {
  scale: number;
  rate1: number;
  rate2: number;
  /** What weight decay leaves of a weight. */
  kept: number;
  stepSize: number;
  root: number;
  epsilon: number;
}

function updateOne({ weight, m, v, gradient }: HostTrainable, factors: Factors): void {
  const { scale, rate1, rate2, kept, stepSize, root, epsilon } = factors;
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i]! * scale;
    const nextM = m[i]! + (g - m[i]!) * rate1;
    const nextV = Math.max(v[i]! + (g * g - v[i]!) * rate2, smallestMoment);
    m[i] = nextM;
    v[i] = nextV;
    weight[i] = weight[i]! * kept - (stepSize * nextM) / (Math.sqrt(nextV) * root + epsilon);
  }
}

/** Four sums side by side, as an addition waits for the one before. */
function sumOfSquares(x: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += x[i]! * x[i]!;
    b += x[i + 1]! * x[i + 1]!;
    c += x[i + 2]! * x[i + 2]!;
    d += x[i + 3]! * x[i + 3]!;
  }
  for (let i = whole; i < x.length; i++) a += x[i]! * x[i]!;
  return a + b + c + d;
}
