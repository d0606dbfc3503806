import { abs, add, log, mul, neg, sub } from '../../graph/operators/elementwise';
import { reduceSum } from '../../graph/operators/reduce';
import { input, type Tensor } from '../../graph/tensor';
import { adamW, type OptimizerSettings } from '../../train/optimizer';
import { TrainableWeights } from '../../train/trainableWeights';
import type { ScorerConfig } from './scorerConfig';
import { scorerNetwork } from './scorerNetwork';

const BOX_WEIGHT = 1.5;
/** Keeps the logarithm of a hopeless probability finite. */
const FLOOR = 1e-6;

/**
 * One training step of the scorer on `pictures` [batch, 3, size, size] and the feeds of `targetsOf`: cross-entropy of
 * species, coat, pattern and background, and the absolute error of the boxes.
 */
export function scorerStep(
  config: ScorerConfig,
  batch: number,
  settings: OptimizerSettings,
): { outputs: Record<string, Tensor>; shapes: Map<string, readonly number[]> } {
  const trained = new TrainableWeights();
  const weights = trained.source();
  const pictures = input('pictures', [batch, 3, config.sample_size, config.sample_size]);
  const read = scorerNetwork(pictures, weights, config);
  const entropy = (name: 'species' | 'coats' | 'patterns' | 'background') => {
    const target = input(name, read[name].shape);
    return neg(sumOf(mul(target, log(add(read[name], FLOOR)))));
  };
  const boxError = abs(sub(read.boxes, input('boxes', read.boxes.shape)));
  const boxes = sumOf(mul(boxError, input('boxWeights', [...read.boxes.shape.slice(0, 2), 1])));
  const [species, coats, patterns, background] = (['species', 'coats', 'patterns', 'background'] as const).map(entropy);
  const loss = [coats!, patterns!, background!, mul(boxes, BOX_WEIGHT)].reduce(add, species!);
  const losses = { loss, species: species!, coats: coats!, patterns: patterns!, backgrounds: background!, boxes };
  const measured = Object.fromEntries(Object.entries(losses).map(([k, t]) => [k === 'loss' ? k : `loss.${k}`, t]));
  return { outputs: { ...measured, ...adamW(loss, trained.trainables(loss), settings) }, shapes: trained.shapes };
}

const sumOf = (x: Tensor) =>
  reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );
