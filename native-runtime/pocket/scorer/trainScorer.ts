import { Session } from '../../device/session';
import { float32 } from '../../tensorData';
import { defaultOptimizer } from '../../train/optimizer';
import { scalarOf, type TrainState } from '../../train/state';
import { initialWeights } from '../training/initialise';
import { cosineRate, StageFolder } from '../training/slices';
import { scorerBatch } from './examples';
import type { Reconstructor } from './reconstructor';
import { scorerConfig } from './scorerConfig';
import { scorerStep } from './scorerStep';
import { targetsOf } from './targets';

/** What training the scorer may use. */
export interface ScorerTrainingOptions {
  /** Shows a quarter of the pictures through the autoencoder; strongly advised. */
  reconstructor?: Reconstructor;
  batch?: number;
  /** Updates between log lines. */
  logEvery?: number;
  /** Updates between saved states. */
  saveEvery?: number;
}

const PEAK_RATE = 2e-3;
const WARM_UP = 50;
const TRAIN_SEED = 3;

/**
 * Trains the scorer up to `updates` updates in all, in `folder` (`scorer.safetensors`, `scorer.jsonl`); goes on where it
 * stopped. Ends early, with everything saved, once `stopped()`.
 */
export async function trainScorer(
  folder: string,
  updates: number,
  stopped: () => boolean,
  options: ScorerTrainingOptions = {},
): Promise<TrainState> {
  const { reconstructor, batch = 32, logEvery = 25, saveEvery = 100 } = options;
  const settings = { ...defaultOptimizer, beta2: 0.99, clip: 1 };
  const stage = new StageFolder(folder, 'scorer');
  const { outputs, shapes } = scorerStep(scorerConfig, batch, settings);
  const session = await Session.create(outputs);
  const state = await stage.load(initialWeights(shapes, TRAIN_SEED));
  let next = scorerBatch(TRAIN_SEED, state.updates, batch, reconstructor);
  let started = Date.now();
  while (state.updates < updates && !stopped()) {
    const { pictures, labels } = await next;
    next = scorerBatch(TRAIN_SEED, state.updates + 1, batch, reconstructor);
    const learningRate = float32([], [cosineRate(PEAK_RATE, state.updates, WARM_UP, updates)]);
    const feeds = { pictures, learningRate, ...targetsOf(labels, scorerConfig) };
    const results = await state.update(session, feeds, settings);
    if (state.updates % logEvery === 0) {
      const losses = Object.keys(results).filter((name) => name.startsWith('loss'));
      const entry = Object.fromEntries(losses.map((name) => [name, round(scalarOf(results, name))]));
      await stage.log({ update: state.updates, ...entry, seconds: round((Date.now() - started) / 1000 / logEvery) });
      started = Date.now();
    }
    if (state.updates % saveEvery === 0) await stage.save(state);
  }
  // The batch made ahead is not needed, but must not outlive this call.
  await next;
  await stage.save(state);
  await session.release();
  return state;
}

const round = (value: number) => Number(value.toPrecision(4));
