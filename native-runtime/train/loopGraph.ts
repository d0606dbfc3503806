import { Session, type SessionOptions } from '../device/session';
import { writeLoop, type LoopPlan } from '../graph/loopModel';
import type { OnnxModel } from '../graph/model';
import { add, cast, less, mul, sub } from '../graph/operators/elementwise';
import { input, type Tensor } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import type { GraphShape } from './diffusionGraph';
import { defaultLossScale, nextLossScale, scaleState } from './lossScale';
import { mixedGradients } from './mixedGradients';
import { adamW } from './optimizer';
import { lossAndGradients, type StepGradients, type StepOptions } from './stepGraph';

/** So many steps in a row that are not finite end a run, and the loop it is in. */
export const mostNotFinite = 3;

/** What a loop is made for. */
export interface LoopSettings extends SessionOptions {
  /** The most steps of one run. */
  capacity: number;
}

/** Counters that a loop carries besides the state: updates that were applied in it, and steps in a row that were not finite. */
export const counters = { applied: 'appliedSoFar', notFinite: 'notFiniteInARow' } as const;

/** Factors of Adam that depend on how many updates were applied, not on the step's number. */
export const perUpdate: ReadonlySet<string> = new Set(['correction1', 'correction2']);

/** A loop over steps, and the most of them that one run takes. */
export interface LoopedSteps {
  session: Session;
  capacity: number;
}

/** What of each step a loop gives back. */
export const keptOfSteps = ['loss', 'rowLosses', 'gradientNorm', 'applied', 'failures'] as const;

/**
 * Compiles up to `capacity` training steps into one run of a graph. Where tensors cannot stay on a device between runs, they stay there
 * between the steps of a run: weights, moments and counters go round in the loop, and only losses and norms come out of every step.
 * One batch makes one update here; several batches an update are not put into a loop.
 */
export async function createLoopSession(
  base: BaseModel,
  shape: GraphShape,
  options: StepOptions,
  { capacity, ...sessionOptions }: LoopSettings,
): Promise<LoopedSteps> {
  const { mixedPrecision = false } = sessionOptions;
  const gradients = mixedPrecision ? mixedGradients(base, shape, options) : lossAndGradients(base, shape, options);
  const { outputs, carried } = loopOutputs(gradients, options, mixedPrecision);
  const rewrite = (step: OnnxModel) => writeLoop(step, loopPlan(step.inputs.keys(), carried, capacity));
  return { session: await Session.create(outputs, { ...sessionOptions, rewrite }), capacity };
}

/** The outputs of one step with what the loop counts, and the names of what goes from one step to the next. */
function loopOutputs(
  { loss, rowLosses, trainables }: StepGradients,
  options: StepOptions,
  mixedPrecision: boolean,
): { outputs: Record<string, Tensor>; carried: string[] } {
  const updates = adamW(loss, trainables, options.optimizer);
  const applied = cast(updates.applied!, 'int64');
  const scale = mixedPrecision ? nextLossScale(loss, updates.applied!, defaultLossScale) : undefined;
  // A step that a smaller scale may help is no failure, and no end to a row of failures either.
  const failed = sub(sub(1, applied), scale ? cast(scale.overflow, 'int64') : 0);
  const failures = mul(add(input(counters.notFinite, [], 'int64'), failed), sub(1, applied));
  const outputs = {
    loss,
    rowLosses,
    ...updates,
    ...scale?.outputs,
    [`next.${counters.applied}`]: add(input(counters.applied, [], 'int64'), applied),
    [`next.${counters.notFinite}`]: failures,
    failures,
    goOn: less(failures, mostNotFinite),
  };
  const state = trainables.flatMap(({ name }) => [`weight.${name}`, `m.${name}`, `v.${name}`]);
  const carried = [...state, ...Object.values(counters), ...(mixedPrecision ? Object.values(scaleState) : [])];
  return { outputs, carried };
}

function loopPlan(inputs: Iterable<string>, carried: readonly string[], capacity: number): LoopPlan {
  const known = new Set(carried);
  const own = [...inputs].filter((name) => !known.has(name));
  return {
    capacity,
    carried: new Map(carried.map((name) => [name, `next.${name}`])),
    perStep: new Map(own.map((name) => [name, perUpdate.has(name) ? counters.applied : undefined])),
    kept: keptOfSteps,
    goOn: 'goOn',
  };
}
