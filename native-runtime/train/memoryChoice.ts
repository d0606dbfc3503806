import { totalmem } from 'node:os';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { formatBytes } from '../formatBytes';
import type { BaseModel } from '../models/baseModel';
import { chooseRecomputation, fitRun, type RunFit } from './fitRun';
import type { PrepareOptions } from './prepareRun';

/** A configuration as it is trained, and what the user should know of that. */
export interface MemoryChoice {
  config: ResolvedTrainConfig;
  recompute: boolean;
  warnings: string[];
}

/**
 * Decides how a run is made in the memory there is: with `fit` it is changed as little as it must be, without there is a warning.
 * @throws ProductError `out-of-memory` when it is to fit and no change is enough
 */
export function inMemory(
  config: ResolvedTrainConfig,
  base: BaseModel,
  { fit, memory = totalmem() }: Pick<PrepareOptions, 'fit' | 'memory'>,
): MemoryChoice {
  const { recompute, needs } = chooseRecomputation(config, base, memory);
  const needed = formatBytes(needs.memory.total);
  if (needs.memory.total <= memory) return { config, recompute, warnings: recompute ? [recomputation(needed)] : [] };
  const problem = `a step needs ${needed} of memory, and this machine has ${formatBytes(memory)}`;
  const found = fitRun(config, base, memory);
  if (fit && !found) throw new ProductError('out-of-memory', '', problem, smallest);
  if (!found) return { config, recompute, warnings: [problem] };
  if (!fit) return { config, recompute, warnings: [`${problem}; it fits with ${offerOf(found)}`] };
  return {
    config: found.config,
    recompute: found.recompute,
    warnings: [`changed to fit into memory: ${offerOf(found)}`],
  };
}

const smallest = 'Not even the smallest pictures and batches fit: use a smaller base model or another machine';

const recomputation = (needed: string) =>
  `memory is short: blocks are computed again for the gradient, which takes more time; a step needs ${needed}`;

/** The changes of a fit in words. */
export function offerOf({ changes, recompute }: Pick<RunFit, 'changes' | 'recompute'>): string {
  return [...changes, ...(recompute ? ['blocks that are computed again for the gradient'] : [])].join(', ');
}
