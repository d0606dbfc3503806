import { div, mul, sub, add } from '../graph/operators/elementwise';
import { slice } from '../graph/operators/layout';
import { reduceMean, reduceSum } from '../graph/operators/reduce';
import type { Tensor } from '../graph/tensor';

/** How instance and prior rows are weighed against each other. */
export interface LossOptions {
  /** The first rows show concepts, the rest their classes. */
  instanceRows: number;
  priorLossWeight: number;
  /** `paper`: every row is a mean over its unmasked cells and channels. `diffusers`: instance rows are not divided by the channels. */
  weighting: 'paper' | 'diffusers';
}

/** The training loss and its parts: the scalar, and each row's mean squared error [rows] (always per element). */
export interface DiffusionLoss {
  loss: Tensor;
  rowLosses: Tensor;
}

/**
 * Custom Diffusion's loss (Kumari et al., 2023): masked squared error between prediction and target
 * [rows, channels, height, width] with mask [rows, 1, height, width]; mean over instance rows plus weighted mean over prior rows.
 */
export function diffusionLoss(prediction: Tensor, target: Tensor, mask: Tensor, options: LossOptions): DiffusionLoss {
  const error = sub(prediction, target);
  const [rows, channels] = [prediction.dim(0), prediction.dim(1)];
  const squares = reduceSum(mul(mul(error, error), mask), [1, 2, 3]);
  const rowLosses = div(squares, mul(reduceSum(mask, [1, 2, 3]), channels));
  const { instanceRows, priorLossWeight, weighting } = options;
  const instance = reduceMean(slice(rowLosses, 0, 0, instanceRows), [0]);
  const weighted = weighting === 'diffusers' ? mul(instance, channels) : instance;
  if (instanceRows === rows) return { loss: weighted, rowLosses };
  const prior = reduceMean(slice(rowLosses, 0, instanceRows, rows), [0]);
  return { loss: add(weighted, mul(prior, priorLossWeight)), rowLosses };
}
