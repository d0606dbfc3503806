import { Session, type SessionOptions } from '../device/session';
import { add, mul } from '../graph/operators/elementwise';
import { input, type Tensor } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import type { GraphShape } from './diffusionGraph';
import { gradientOutput } from './hostGradients';
import { defaultLossScale, nextLossScale } from './lossScale';
import { mixedGradients } from './mixedGradients';
import { adamW, type Trainable } from './optimizer';
import { isNext } from './state';
import { lossAndGradients, type StepOptions } from './stepGraph';

/**
 * The compiled graphs of a run: `step` updates the state, or gives gradients for an update outside the graph; `accumulate` only adds
 * a batch's gradients to a sum on the device.
 */
export interface StepSessions {
  step: Session;
  accumulate?: Session;
}

/** How steps use the machine. */
export interface StepSessionOptions extends SessionOptions {
  /** Where weights are updated: outside the graph on the processor, unless told otherwise, and within it on other devices. */
  update?: 'host' | 'graph';
}

/**
 * Compiles one training step. Where the graph updates the weights and there are several batches an update, `accumulate` runs for all
 * but the last of them: both read the running sums as `sum.<name>`, and every batch counts 1/accumulation. In mixed precision both read
 * the scale of the loss, and `step` gives the next one and whether its gradients overflowed.
 */
export async function createStepSessions(
  base: BaseModel,
  shape: GraphShape,
  options: StepOptions,
  { update: place, ...sessionOptions }: StepSessionOptions = {},
): Promise<StepSessions> {
  const { mixedPrecision = false, device = 'cpu' } = sessionOptions;
  const gradients = mixedPrecision ? mixedGradients : lossAndGradients;
  const { loss, rowLosses, trainables } = gradients(base, shape, options);
  const lean = options.recompute || sessionOptions.lean;
  const kept = { ...sessionOptions, lean, keep: isNext, fasterConvolutions: true };
  if ((place ?? (device === 'cpu' && !mixedPrecision ? 'host' : 'graph')) === 'host')
    return { step: await Session.create({ loss, rowLosses, ...gradientOutputs(trainables) }, kept) };
  const update = (ofUpdate: readonly Trainable[]) => {
    const updates = adamW(loss, ofUpdate, options.optimizer);
    const scale = mixedPrecision ? nextLossScale(loss, updates.applied!, defaultLossScale) : undefined;
    return { loss, rowLosses, ...updates, ...scale?.outputs, ...(scale && { overflow: scale.overflow }) };
  };
  if (options.accumulation <= 1) return { step: await Session.create(update(trainables), kept) };
  const summed = trainables.map((t) => ({
    ...t,
    gradient: add(input(`sum.${t.name}`, t.value.shape), mul(t.gradient, 1 / options.accumulation)),
  }));
  const sums: Record<string, Tensor> = Object.fromEntries(summed.map((t) => [`next.sum.${t.name}`, t.gradient]));
  return {
    step: await Session.create(update(summed), kept),
    accumulate: await Session.create({ loss, rowLosses, ...sums }, kept),
  };
}

function gradientOutputs(trainables: readonly Trainable[]): Record<string, Tensor> {
  return Object.fromEntries(trainables.map(({ name, gradient }) => [gradientOutput(name), gradient]));
}
