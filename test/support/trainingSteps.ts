import type { Values } from '../../native-runtime/device/session';
import { float32, type TensorData } from '../../native-runtime/tensorData';
import { batchFeeds } from '../../native-runtime/train/batchFeeds';
import { buildLatentPool } from '../../native-runtime/train/latentPool';
import { createLoopSession, type LoopedSteps, type LoopSettings } from '../../native-runtime/train/loopGraph';
import { freshMemory, runLoop, type LoopMemory } from '../../native-runtime/train/loopSteps';
import type { PreparedRun } from '../../native-runtime/train/prepareRun';
import { gatherPriors } from '../../native-runtime/train/priorPictures';
import { scalarOf, TrainState } from '../../native-runtime/train/state';
import { createStepSessions } from '../../native-runtime/train/stepSessions';
import { relativeError } from './tinyBases';

/** Different learning rates, so that a step that reads another's is found out. */
const rates = (step: number): Values => ({
  learningRate: float32([], [1e-3 / (step + 1)]),
  modifierLearningRate: float32([], [2e-3 / (step + 1)]),
});

/** What the first steps of a run are fed. */
export async function feedsOf(run: PreparedRun, count: number): Promise<Values[]> {
  const pool = await buildLatentPool(run, await gatherPriors(run));
  return Array.from({ length: count }, (_, step) => ({ ...batchFeeds(run, pool, step, 0).feeds, ...rates(step) }));
}

/** What steps gave, and the state after them. */
export interface StepsTaken {
  state: TrainState;
  results: Values[];
}

/**
 * Takes steps one by one on the processor: what every other way is measured against.
 * @param update where weights are updated; loops do so in the graph
 */
export async function takeSingleSteps(
  run: PreparedRun,
  feeds: readonly Values[],
  update: 'graph' | 'host' = 'graph',
): Promise<StepsTaken> {
  const { step } = await createStepSessions(run.base, run.graphShape, run.stepOptions, { threads: 1, update });
  const state = TrainState.start(await run.readInitialWeights());
  const results: Values[] = [];
  for (const one of feeds) results.push(await state.update(step, one, run.stepOptions.optimizer));
  await step.release();
  return { state, results };
}

/** A loop over a run's steps, on the processor unless the settings say otherwise. */
export function compileLoop(run: PreparedRun, settings: LoopSettings): Promise<LoopedSteps> {
  return createLoopSession(run.base, run.graphShape, run.stepOptions, { threads: 1, ...settings });
}

/** Takes steps in runs of a loop. */
export async function takeLoopedSteps(
  run: PreparedRun,
  feeds: readonly Values[],
  settings: LoopSettings,
  memory: LoopMemory = freshMemory(0),
): Promise<StepsTaken> {
  const loop = await compileLoop(run, settings);
  const state = TrainState.start(await run.readInitialWeights());
  const results: Values[] = [];
  for (let i = 0; i < feeds.length; i += loop.capacity)
    results.push(...(await runLoop(loop, state, feeds.slice(i, i + loop.capacity), run.stepOptions.optimizer, memory)));
  await loop.session.release();
  return { state, results };
}

/** A state's tensors by kind and name. */
export function tensorsOf({ weights, m, v }: TrainState): Map<string, TensorData> {
  return new Map(
    Object.entries({ weights, m, v }).flatMap(([kind, map]) =>
      [...map].map(([name, tensor]): [string, TensorData] => [`${kind} ${name}`, tensor]),
    ),
  );
}

/** The values of one output of all steps. */
export function valuesOf(results: readonly Values[], name: string): number[][] {
  return results.map((one) => Array.from(one[name]!.data as Float32Array, Number));
}

/** The largest relative difference of losses and norms, and of the first moments: sums of gradients. */
export function distance(actual: StepsTaken, expected: StepsTaken): { results: number; moments: number } {
  const ratios = ['loss', 'gradientNorm'].flatMap((name) =>
    actual.results.map((one, i) => Math.abs(scalarOf(one, name) / scalarOf(expected.results[i]!, name) - 1)),
  );
  const reference = tensorsOf(expected.state);
  const moments = [...tensorsOf(actual.state)].flatMap(([name, { data }]) => {
    const values = reference.get(name)!.data as Float32Array;
    return name.startsWith('m ') && values.some((x) => Math.abs(x) > 1e-6)
      ? [relativeError(data as Float32Array, values)]
      : [];
  });
  return { results: Math.max(...ratios), moments: Math.max(...moments) };
}
