import { totalmem } from 'node:os';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import type { BaseModel } from '../models/baseModel';
import { chooseRecomputation, fitRun } from './fitRun';
import { loadConfiguredBase, type PrepareOptions } from './prepareRun';
import { readRunConfig } from './resumeRun';
import { RunFolder } from './runFolder';

/** A run with less need of memory. */
export interface StepDown {
  config: ResolvedTrainConfig;
  /** Each change as a field and its value. */
  changes: { field: string; value: string | number }[];
  /** No number changes, so the run can go on from its checkpoint; otherwise it must be started anew. */
  isSameRun: boolean;
}

/** What a change must save at least of all but the mapped weights, which the system can drop; less would hardly help. */
const smallestSaving = 0.1;

/**
 * The smallest change after which a run that ran out of memory needs clearly less: what was offered before its start, as if the machine
 * had less than the run needs. Undefined when not even the smallest run needs less.
 * @param memory bytes of the machine when it ran
 */
export function stepDown(config: ResolvedTrainConfig, base: BaseModel, memory = totalmem()): StepDown | undefined {
  const { recompute, needs } = chooseRecomputation(config, base, memory);
  const { total, mappedWeights } = needs.memory;
  const enough = total - (total - mappedWeights) * smallestSaving;
  const again: ResolvedTrainConfig = { ...config, recompute: 'blocks' };
  if (chooseRecomputation(again, base, memory).needs.memory.total <= enough) return described(config, again);
  const found = fitRun(recompute ? again : config, base, enough);
  if (!found) return undefined;
  // Said outright: by its own estimate the machine has room for the plain step.
  return described(config, { ...found.config, recompute: found.recompute ? 'blocks' : config.recompute });
}

function described(before: ResolvedTrainConfig, config: ResolvedTrainConfig): StepDown {
  const fields = ['recompute', 'instanceRows', 'priorRows', 'gradientAccumulation', 'resolution'] as const;
  const changes = fields
    .filter((field) => config[field] !== before[field])
    .map((field) => ({ field, value: config[field] }));
  return { config, changes, isSameRun: changes.every(({ field }) => field === 'recompute') };
}

/** The same for a run on disk. @throws ProductError `out-of-memory` when there is no smaller run, or as reading it does */
export async function stepDownOfRun(
  path: string,
  options: Pick<PrepareOptions, 'pocketFolder' | 'clipTokenizer'>,
): Promise<StepDown> {
  const config = await readRunConfig(new RunFolder(path));
  const found = stepDown(config, await loadConfiguredBase(config.base, options));
  if (found) return found;
  throw new ProductError(
    'out-of-memory',
    path,
    'no smaller pictures and batches are possible',
    'Close other programs, use a smaller base model or another machine',
  );
}
