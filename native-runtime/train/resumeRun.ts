import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseTrainConfig } from '../../src/common/config/parseTrainConfig';
import { resolveTrainConfig } from '../../src/common/config/resolveTrainConfig';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { readTextFile } from '../formats/jsonFile';
import { newestCheckpoint } from './checkpoint';
import { prepareRun, type PrepareOptions, type PreparedRun } from './prepareRun';
import { RunFolder, writeRunConfig } from './runFolder';
import type { RunHooks, RunResult } from './runHooks';
import { requireSameBase, requireSameIdentity } from './runIdentity';
import { RunLock } from './runLock';
import { trainedShapes } from './stepGraph';
import { executeRun, freshStart, type StartingPoint } from './trainRun';

/** How a run is taken up again. */
export interface ResumeOptions extends PrepareOptions {
  /** More steps than the run had, to go on after its end. */
  steps?: number;
  /** Another device than before. */
  device?: ResolvedTrainConfig['device'];
  /** Whether blocks are computed again from now on; the numbers are the same. */
  recompute?: ResolvedTrainConfig['recompute'];
}

/**
 * Goes on with a run from its newest complete checkpoint; the result is the same, bit for bit, as without the interruption.
 * @throws ProductError `not-found` when there is no run, `conflict` when another process works on it or when configuration, base model
 * or pictures are not what the checkpoint was made of, with the differences.
 */
export async function resumeRun(path: string, options: ResumeOptions, hooks: RunHooks = {}): Promise<RunResult> {
  const folder = new RunFolder(resolve(path));
  if (!existsSync(folder.config))
    throw new ProductError('not-found', path, 'there is no config.json of a run in it', 'Give the folder of a run');
  const lock = await RunLock.acquire(folder.folder);
  try {
    const { device, recompute } = options;
    const written = await readRunConfig(folder, options.steps);
    const config = { ...written, ...(device && onDevice(written, device)), ...(recompute && { recompute }) };
    const run = await prepareRun(config, options);
    const start = await startingPoint(run, folder, hooks);
    if (options.steps !== undefined || device || recompute) await writeRunConfig(folder, config);
    return await executeRun(run, folder, start, hooks);
  } finally {
    await lock.release();
  }
}

/** The configuration in a run's folder, as it was resolved. @throws ProductError `bad-config` */
export async function readRunConfig(folder: RunFolder, steps?: number): Promise<ResolvedTrainConfig> {
  const config = resolveTrainConfig(parseTrainConfig(await readTextFile(folder.config), folder.config));
  if (steps === undefined) return config;
  if (!Number.isInteger(steps) || steps < config.steps)
    throw new ProductError(
      'bad-config',
      'steps',
      `${steps} is not more than the ${config.steps} steps of this run`,
      'Give a larger number',
    );
  return { ...config, steps };
}

/** A device that was not meant at the start need not have the precision that was. */
function onDevice(
  { precision }: ResolvedTrainConfig,
  device: ResolvedTrainConfig['device'],
): Partial<ResolvedTrainConfig> {
  return device === 'cpu' && precision === 'mixed' ? { device, precision: 'auto' } : { device };
}

async function startingPoint(run: PreparedRun, folder: RunFolder, hooks: RunHooks): Promise<StartingPoint> {
  const checkpoint = await newestCheckpoint(folder.checkpoints, (skipped, reason) =>
    hooks.onEvent?.({ kind: 'warning', message: `${skipped}: not used: ${reason}` }),
  );
  if (!checkpoint) return freshStart(run);
  requireSameBase(checkpoint.identity, run.identity, run.base.path);
  requireSameIdentity(checkpoint.identity, run.identity, folder.folder);
  for (const [name, shape] of trainedShapes(run.base, run.stepOptions))
    if (checkpoint.state.weights.get(name)?.shape.join() !== shape.join())
      throw new ProductError(
        'bad-file',
        checkpoint.folder,
        `it does not hold ${name} [${shape.join(', ')}]`,
        'Start a new run',
      );
  if (checkpoint.step > run.config.steps)
    throw new ProductError(
      'conflict',
      folder.folder,
      `it was trained ${checkpoint.step} steps already`,
      'Ask for more steps',
    );
  return checkpoint;
}
