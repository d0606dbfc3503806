import { ProductError } from '../../src/common/errors';
import { asDiskError } from '../atomicWrite';
import { asMemoryFailure } from '../memoryFailure';
import { DrawsAhead } from './drawsAhead';
import { gatherPriors } from './priorPictures';
import { buildLatentPool } from './latentPool';
import type { PreparedRun } from './prepareRun';
import { writeRunDelta } from './runDelta';
import { createRunFolder, writeRunConfig, writeRunManifest, type RunFolder } from './runFolder';
import type { RunHooks, RunResult } from './runHooks';
import { RunLock } from './runLock';
import { RunLog } from './runLog';
import { createRunSessions, releaseRunSessions } from './runSessions';
import { SampleGrids } from './sampleGrids';
import { TrainState } from './state';
import { TrainingLoop } from './trainingLoop';

/** Where a run starts or goes on. */
export interface StartingPoint {
  state: TrainState;
  step: number;
  notFiniteInARow: number;
}

/**
 * Trains a prepared run in a new folder, from the first step to the last.
 * @throws ProductError `not-finite`, `disk-full`, `bad-image`, …: what was reached is in a checkpoint then.
 */
export async function trainRun(run: PreparedRun, hooks: RunHooks = {}): Promise<RunResult> {
  const folder = await createRunFolder(run.config);
  const lock = await RunLock.acquire(folder.folder);
  try {
    await writeRunConfig(folder, run.config);
    return await executeRun(run, folder, await freshStart(run), hooks);
  } finally {
    await lock.release();
  }
}

/** The base's own weights, before the first step. */
export async function freshStart(run: PreparedRun): Promise<StartingPoint> {
  return { state: TrainState.start(await run.readInitialWeights()), step: 0, notFiniteInARow: 0 };
}

/** Runs the rest of a run in a folder whose lock is held, and writes its manifest and delta. */
export async function executeRun(
  run: PreparedRun,
  folder: RunFolder,
  start: StartingPoint,
  hooks: RunHooks,
): Promise<RunResult> {
  hooks.onStart?.(folder.folder);
  for (const message of run.warnings) hooks.onEvent?.({ kind: 'warning', message });
  await writeRunManifest(folder, run, { status: 'running', step: start.step });
  const reached = { step: start.step };
  try {
    if (start.step >= run.config.steps && !new SampleGrids(run, folder.samples).isDue(start.step))
      return await conclude(run, folder, start.state, start.step, 'finished');
    return await withParts(run, folder, start, hooks, async (loop) => {
      const status = await loop.train().finally(() => (reached.step = loop.step));
      return conclude(run, folder, loop.state, loop.step, status);
    });
  } catch (thrown) {
    const error = asRunFailure(thrown, folder.folder);
    const stopped = error instanceof ProductError && error.code === 'cancelled';
    const why = stopped ? {} : failureOf(error);
    // The disk may be what failed; then the folder says `running` without a lock.
    await writeRunManifest(folder, run, { status: stopped ? 'stopped' : 'failed', step: reached.step, ...why }).catch(
      () => {},
    );
    if (stopped) return { folder: folder.folder, status: 'stopped', step: reached.step };
    throw error;
  }
}

/** What a run failed of, in words that say how it goes on. */
function asRunFailure(thrown: unknown, folder: string): unknown {
  const error = asDiskError(asMemoryFailure(thrown), folder);
  if (!(error instanceof ProductError) || error.code !== 'disk-full') return error;
  const { code, where, problem } = error;
  return new ProductError(code, where, problem, 'Free some space and resume the run; its last checkpoint is whole');
}

function failureOf(error: unknown): { error: string; errorCode?: string } {
  if (error instanceof ProductError) return { error: error.message, errorCode: error.code };
  return { error: error instanceof Error ? error.message : String(error) };
}

async function conclude(
  run: PreparedRun,
  folder: RunFolder,
  state: TrainState,
  step: number,
  status: RunResult['status'],
): Promise<RunResult> {
  await state.toHost();
  const delta = await writeRunDelta(folder.delta, run, state.weights, step);
  await writeRunManifest(folder, run, { status, step, delta });
  return { folder: folder.folder, status, step, delta: folder.delta };
}

/** Makes the pictures, graphs and files a loop needs, and frees them afterwards. */
async function withParts<T>(
  run: PreparedRun,
  folder: RunFolder,
  start: StartingPoint,
  hooks: RunHooks,
  use: (loop: TrainingLoop) => Promise<T>,
): Promise<T> {
  const progress = (part: 'priors' | 'latents') => (done: number, total: number) =>
    hooks.onEvent?.({ kind: 'progress', part, done, total });
  const priors = await gatherPriors(run, progress('priors'), hooks.signal);
  const pool = await buildLatentPool(run, priors, progress('latents'), hooks.signal);
  hooks.onEvent?.({ kind: 'compiling' });
  const sessions = await createRunSessions(run);
  const grids = new SampleGrids(run, folder.samples);
  const draws = 'loop' in sessions ? DrawsAhead.start() : undefined;
  const log = await RunLog.open(folder.log, start.step);
  try {
    return await use(
      new TrainingLoop(
        { run, folder, pool, sessions, grids, log, hooks, draws },
        start.state,
        start.step,
        start.notFiniteInARow,
      ),
    );
  } finally {
    await log.close();
    await grids.release();
    await draws?.stop();
    await releaseRunSessions(sessions);
  }
}
