import { trainableSelection, type ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { matchesTrainable, type TrainableSelection } from '../../src/common/freezeModes';
import { ProductError } from '../../src/common/errors';
import { gradients } from '../autodiff/gradients';
import type { ScoreBytes } from '../autodiff/rule';
import type { DeviceName } from '../device/deviceName';
import { scoreBytes } from '../device/scoreBytes';
import { graphDevice } from '../device/graphDevice';
import { mul } from '../graph/operators/elementwise';
import type { Tensor } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import { isModifierRows, modifierRows } from './modifierRows';
import { diffusionForward, type ForwardOptions, type GraphShape } from './diffusionGraph';
import { defaultOptimizer, trainableInput, type OptimizerSettings, type Trainable } from './optimizer';

/** What a step trains and how. */
export interface StepOptions extends ForwardOptions {
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
  /** The session computes what depends on weights in files alone once, however large it is. */
  foldsConstants?: boolean;
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
    base.textEncoders.forEach(({ config }, i) => shapes.set(modifierRows(i), [options.modifiers, config.hiddenSize]));
  return shapes;
}

/** What a batch gives, as graph nodes. */
export interface StepGradients {
  loss: Tensor;
  rowLosses: Tensor;
  trainables: Trainable[];
}

/**
 * The loss, each row's loss, and the gradients of everything trained, as graph nodes.
 * @param lossScale what the gradients are multiplied by, so that small ones do not vanish in 16 bits
 */
export function lossAndGradients(
  base: BaseModel,
  shape: GraphShape,
  options: StepOptions,
  lossScale?: Tensor,
): StepGradients {
  const shapes = trainedShapes(base, options);
  const values = new Map([...shapes].map(([name, s]) => [name, trainableInput(name, s)]));
  const trained = {
    unet: new Map([...values].filter(([name]) => !isModifierRows(name))),
    modifierRows: [...values].filter(([name]) => isModifierRows(name)).map(([, tensor]) => tensor),
  };
  const { loss, rowLosses } = diffusionForward(base, shape, trained, options);
  const slopes = gradients(lossScale ? mul(loss, lossScale) : loss, [...values.values()], options);
  const trainables: Trainable[] = [...values].map(([name, value], i) => ({
    name,
    value,
    gradient: slopes[i]!,
    learningRate: isModifierRows(name) ? 'modifierLearningRate' : 'learningRate',
  }));
  return { loss, rowLosses, trainables };
}

/** What of a step depends on the device it runs on. */
export function deviceStep(device: DeviceName): Pick<StepOptions, 'scores' | 'foldsConstants'> {
  return { scores: scoreBytes(device), foldsConstants: device === 'webgpu' };
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
    fedPriors: config.priorRows > 0,
    ...deviceStep(graphDevice(config.device)),
  };
}
