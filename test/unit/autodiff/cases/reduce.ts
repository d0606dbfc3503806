import { averagePool2 } from '../../../../native-runtime/graph/operators/convolve';
import { layerNormalization } from '../../../../native-runtime/graph/operators/normalise';
import { reduceMax, reduceMean, reduceSum } from '../../../../native-runtime/graph/operators/reduce';
import { type RuleCase, x } from '../../../support/ruleCase';

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

const selections: [number[], number[]][] = [
  [[5], [0]],
  [[2, 3], [-1]],
  [[2, 3, 4], [1]],
  [
    [2, 3, 4],
    [0, -1],
  ],
  [
    [2, 3, 2],
    [0, 1, 2],
  ],
  [
    [2, 1, 3],
    [1, 2],
  ],
];
const reductions = (reduce: typeof reduceSum): RuleCase[] =>
  selections.flatMap(([shape, axes]) =>
    [false, true].map((keep) => ({
      title: `${list(shape)} over ${list(axes)}${keep ? ', kept' : ''}`,
      inputs: [x(shape)],
      build: (a) => reduce(a!, axes, keep),
    })),
  );

const normalised = (shape: number[], scale: number[], bias?: number[]): RuleCase => ({
  title: `${list(shape)} with scale ${list(scale)}${bias ? ` and bias ${list(bias)}` : ''}`,
  inputs: [x(shape), x(scale), ...(bias ? [x(bias)] : [])],
  build: (a, s, b) => layerNormalization(a!, s!, b, 1e-5).output,
});

/** Cases of sums, means and normalisations. */
export const reduceCases: Record<string, RuleCase[]> = {
  ReduceSum: reductions(reduceSum),
  ReduceMean: reductions(reduceMean),
  LayerNormalization: [
    normalised([5], [5], [5]),
    normalised([2, 4], [4], [4]),
    normalised([2, 3, 5], [5], [5]),
    normalised([2, 2, 2, 3], [3], [3]),
    normalised([3, 4], [4]),
    {
      title: 'far from zero, with a large epsilon',
      inputs: [x([2, 4], [8, 12]), x([4]), x([4])],
      build: (a, s, b) => layerNormalization(a!, s!, b, 0.5).output,
    },
  ],
};

/** Cases of operators without a gradient, and of outputs that have none. */
export const statisticCases: Record<string, RuleCase[]> = {
  ReduceMax: reductions(reduceMax),
  AveragePool: [
    [1, 1, 2, 2],
    [2, 3, 4, 2],
    [1, 2, 6, 4],
  ].map((shape) => ({
    title: list(shape),
    inputs: [x(shape)],
    build: (a) => averagePool2(a!),
  })),
  LayerNormalization: [
    {
      title: 'the mean',
      inputs: [x([2, 3, 4]), x([4]), x([4])],
      build: (a, s, b) => layerNormalization(a!, s!, b, 1e-5).mean,
    },
    {
      title: 'the inverse deviation',
      inputs: [x([2, 3, 4]), x([4]), x([4])],
      build: (a, s, b) => layerNormalization(a!, s!, b, 0.1).inverseDeviation,
    },
  ],
};
