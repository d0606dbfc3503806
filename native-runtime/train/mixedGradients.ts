import { inMixedPrecision } from '../graph/mixedPrecision';
import type { Tensor } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import type { GraphShape } from './diffusionGraph';
import { lossScaleInput, unscaled } from './lossScale';
import { lossAndGradients, type StepGradients, type StepOptions } from './stepGraph';

/**
 * The loss and gradients of a step whose products are in 16 bits. The loss is scaled before gradients are taken (see `lossScale`), and
 * the gradients are scaled back in 32 bits.
 */
export function mixedGradients(base: BaseModel, shape: GraphShape, options: StepOptions): StepGradients {
  const { loss, rowLosses, trainables } = lossAndGradients(base, shape, options, lossScaleInput());
  const full = [loss, rowLosses, ...trainables.map(({ gradient }) => gradient)];
  const weights = trainables.map(({ value }) => value);
  const [mixedLoss, mixedRows, ...slopes] = inMixedPrecision(full, weights) as [Tensor, Tensor, ...Tensor[]];
  const unscaledSlopes = trainables.map((trainable, i) => ({ ...trainable, gradient: unscaled(slopes[i]!) }));
  return { loss: mixedLoss, rowLosses: mixedRows, trainables: unscaledSlopes };
}
