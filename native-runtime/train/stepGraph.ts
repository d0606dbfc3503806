import { trainableSelection, type ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { matchesTrainable, type TrainableSelection } from '../../src/common/freezeModes';
import { ProductError } from '../../src/common/errors';
import { gradients } from '../autodiff/gradients';
import type { ScoreBytes } from '../autodiff/rule';
import { scoreBytes } from '../device/scoreBytes';
import { graphDevice } from '../device/graphDevice';
import { Session, type SessionOptions } from '../device/session';
import { add, mul } from '../graph/operators/elementwise';
import { input, type Tensor } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import { diffusionForward, type GraphShape } from './diffusionGraph';
import type { LossOptions } from './losses';
import { isNext } from './state';
import { adamW, defaultOptimizer, trainableInput, type OptimizerSettings, type Trainable } from './optimizer';

/** What a step trains and how. */
export interface StepOptions extends LossOptions {
  selection: TrainableSelection;
  /** Number of modifier tokens; each encoder has one row for each. */
  modifiers: number;
  optimizer: OptimizerSettings;
  /** Batches per update. */
  accumulation: number;
  /** Compute the blocks of the models again in the backward pass instead of keeping what lies within them. */
  recompute?: boolean;
  /** How large the scores of an attention may be where the step runs. */
  scores?: ScoreBytes;
}

/** The names and shapes of what a selection trains: UNet weights, then `modifier_rows.<encoder>`. */
export function trainedShapes(
  base: BaseModel,
  options: Pick<StepOptions, 'selection' | 'modifiers'>,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, { shape }] of base.unet.sources)
    if (matchesTrainable(name, options.selection)) shapes.set(name, shape);
  if (!shapes.size && !options.modifiers)
    throw new ProductError(
      'bad-config',
      'layers',
      'nothing is selected to learn',
      'Choose a mode or at least one layer',
    );
  if (options.modifiers)
    base.textEncoders.forEach(({ config }, i) =>
      shapes.set(`modifier_rows.${i}`, [options.modifiers, config.hiddenSize]),
    );
  return shapes;
}

/**
 * The loss, each row's loss, and the gradients of everything trained, as graph nodes.
 * @param lossScale what the gradients are multiplied by, so that small ones do not vanish in 16 bits
 */
export function lossAndGradients(base: BaseModel, shape: GraphShape, options: StepOptions, lossScale?: Tensor) {
  const shapes = trainedShapes(base, options);
  const values = new Map([...shapes].map(([name, s]) => [name, trainableInput(name, s)]));
  const isRow = (name: string) => name.startsWith('modifier_rows.');
  const trained = {
    unet: new Map([...values].filter(([name]) => !isRow(name))),
    modifierRows: [...values].filter(([name]) => isRow(name)).map(([, tensor]) => tensor),
  };
  const { loss, rowLosses } = diffusionForward(base, { openRows: options.recompute, ...shape }, trained, options);
  const slopes = gradients(lossScale ? mul(loss, lossScale) : loss, [...values.values()], options);
  const trainables: Trainable[] = [...values].map(([name, value], i) => ({
    name,
    value,
    gradient: slopes[i]!,
    learningRate: isRow(name) ? 'modifierLearningRate' : 'learningRate',
  }));
  return { loss, rowLosses, trainables };
}

/** The compiled graphs of a run: `step` updates the state; `accumulate` only adds a batch's gradients to a sum. */
export interface StepSessions {
  step: Session;
  accumulate?: Session;
}

/**
 * Compiles one training step. With accumulation, `accumulate` runs for all but the last batch of an update: both read the
 * running sums as `sum.<name>`, and every batch counts 1/accumulation.
 */
export async function createStepSessions(
  base: BaseModel,
  shape: GraphShape,
  options: StepOptions,
  sessionOptions: SessionOptions = {},
): Promise<StepSessions> {
  const { loss, rowLosses, trainables } = lossAndGradients(base, shape, options);
  const kept = { ...sessionOptions, lean: options.recompute || sessionOptions.lean, keep: isNext };
  if (options.accumulation <= 1)
    return {
      step: await Session.create({ loss, rowLosses, ...adamW(loss, trainables, options.optimizer) }, kept),
    };
  const summed = trainables.map((t) => ({
    ...t,
    gradient: add(input(`sum.${t.name}`, t.value.shape), mul(t.gradient, 1 / options.accumulation)),
  }));
  const sums: Record<string, Tensor> = Object.fromEntries(summed.map((t) => [`next.sum.${t.name}`, t.gradient]));
  return {
    step: await Session.create({ loss, rowLosses, ...adamW(loss, summed, options.optimizer) }, kept),
    accumulate: await Session.create({ loss, rowLosses, ...sums }, kept),
  };
}

/** How a configuration trains, for building graphs. */
export function stepOptionsOf(config: ResolvedTrainConfig): StepOptions {
  return {
    instanceRows: config.instanceRows,
    priorLossWeight: config.priorLossWeight,
    weighting: config.lossWeighting,
    selection: trainableSelection(config),
    modifiers: config.concepts.length,
    optimizer: { ...defaultOptimizer, weightDecay: config.weightDecay, clip: config.gradientClip },
    accumulation: config.gradientAccumulation,
    scores: scoreBytes(graphDevice(config.device)),
  };
}
