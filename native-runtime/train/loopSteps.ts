import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { DeviceTensor } from '../device/deviceTensor';
import type { Values } from '../device/session';
import { LOOP_STEPS, outside } from '../graph/loopModel';
import { float32, int64, type TensorData, type TypedArray } from '../tensorData';
import { counters, keptOfSteps, type LoopedSteps } from './loopGraph';
import { freshLossScale, scaleState, type LossScaleMemory } from './lossScale';
import { biasCorrections, type OptimizerSettings } from './optimizer';
import type { TrainState } from './state';

/** What goes from one run of a loop to the next besides the state of training. */
export interface LoopMemory extends LossScaleMemory {
  /** How many of the last steps, in a row, were not finite. */
  notFinite: number;
}

/** The memory before the first run. */
export function freshMemory(notFinite: number): LoopMemory {
  return { notFinite, ...freshLossScale() };
}

/**
 * Takes as many steps as there are feeds in one run of a loop, and takes over the state it ends with. When the run fails the state is what
 * it was before.
 * @param feeds the batch and the learning rates of each step
 * @param memory changed as the state is
 * @returns the outputs of each step; fewer than asked for when too many steps in a row were not finite
 */
export async function runLoop(
  { session, capacity }: LoopedSteps,
  state: TrainState,
  feeds: readonly Values[],
  settings: OptimizerSettings,
  memory: LoopMemory,
): Promise<Values[]> {
  const results = await session.run({
    ...stackFeeds(feeds, capacity),
    ...startOf(state, settings, capacity),
    [LOOP_STEPS]: int64([], [feeds.length]),
    [outside(counters.applied)]: int64([], [0]),
    [outside(counters.notFinite)]: int64([], [memory.notFinite]),
    [outside(scaleState.scale)]: float32([], [memory.lossScale]),
    [outside(scaleState.age)]: float32([], [memory.lossScaleAge]),
  });
  for (const [kind, map] of [
    ['weight', state.weights],
    ['m', state.m],
    ['v', state.v],
  ] as const)
    for (const name of map.keys()) map.set(name, results[outside(`next.${kind}.${name}`)]!);
  const next = (name: string) => Number(results[outside(`next.${name}`)]?.data[0]);
  state.updates += next(counters.applied);
  memory.notFinite = next(counters.notFinite);
  if (results[outside(`next.${scaleState.scale}`)]) {
    memory.lossScale = next(scaleState.scale);
    memory.lossScaleAge = next(scaleState.age);
  }
  const kept = keptOfSteps.map((name) => [name, results[outside(name)]!] as const);
  const taken = kept[0]![1].shape[0]!;
  return Array.from({ length: taken }, (_, i) =>
    Object.fromEntries(kept.map(([name, tensor]) => [name, stepOf(tensor, i)])),
  );
}

/** Joins the inputs of steps on a new first axis. Rows behind the last step repeat the first and are never read. */
export function stackFeeds(feeds: readonly Values[], capacity: number): Values {
  const first = feeds[0]!;
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape, data }]) => {
      const stack = new (data.constructor as new (length: number) => TypedArray)(capacity * data.length);
      for (let i = 0; i < capacity; i++)
        (stack as Float32Array).set((feeds[i] ?? first)[name]!.data as Float32Array, i * data.length);
      return [outside(name), { dtype, shape: [capacity, ...shape], data: stack }];
    }),
  );
}

/** The state before the first step, and Adam's corrections of the updates that may follow. */
function startOf(state: TrainState, settings: OptimizerSettings, capacity: number): Values {
  const values: Values = {};
  for (const [name, tensor] of Object.entries(state.feeds(settings))) {
    if (tensor instanceof DeviceTensor)
      throw new ProductError('internal', name, 'a loop starts from values of the host');
    if (name.includes('.')) values[outside(name)] = tensor;
  }
  const corrections = Array.from({ length: capacity }, (_, i) => biasCorrections(settings, state.updates + 1 + i));
  for (const name of ['correction1', 'correction2'] as const)
    values[outside(name)] = float32(
      [capacity],
      corrections.map((correction) => correction[name]),
    );
  return values;
}

function stepOf({ dtype, shape, data }: TensorData, index: number): TensorData {
  const size = data.length / shape[0]!;
  return { dtype, shape: shape.slice(1), data: data.slice(index * size, (index + 1) * size) };
}

/** How many steps may go into one run: up to the next checkpoint, samples or end, as all of them need the state. */
export function stepsInLoop(
  { steps, checkpointEvery, sample }: Pick<ResolvedTrainConfig, 'steps' | 'checkpointEvery' | 'sample'>,
  step: number,
  capacity: number,
): number {
  const until = (every: number) => every - (step % every);
  const samples = sample.every > 0 ? until(sample.every) : Infinity;
  return Math.min(capacity, steps - step, until(checkpointEvery), samples);
}

/** Seconds that one run of a loop is to take: the most that a stop waits, and long against what a run costs besides its steps. */
const LOOP_SECONDS = 2;

/** How many steps a run of a loop takes, by what the steps took so far. */
export class LoopPace {
  private seconds: number | undefined;

  /** A few at first, when a step's time is not known and holds what a device does only once. */
  stepsOf(capacity: number): number {
    if (this.seconds === undefined) return Math.min(2, capacity);
    return Math.min(capacity, Math.max(1, Math.round(LOOP_SECONDS / this.seconds)));
  }

  /** Notes what a step of the last run took. */
  took(seconds: number): void {
    this.seconds = Math.max(seconds, 1e-4);
  }
}
