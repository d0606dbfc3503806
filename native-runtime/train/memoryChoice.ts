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
 * Decides how a run is made in the memory there is.
 * @throws ProductError `out-of-memory` with the smallest change that would do, when the run is to be refused
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
  if (fit === 'change' && found) {
    const changes = `changed to fit into memory: ${offerOf(found)}`;
    return { config: found.config, recompute: found.recompute, warnings: [changes] };
  }
  const remedy = found ? `It fits with ${offerOf(found)}; --fit makes that change` : smallest;
  if (fit) throw new ProductError('out-of-memory', '', problem, remedy);
  return { config, recompute, warnings: [`${problem}${found ? `; it fits with ${offerOf(found)}` : ''}`] };
}

const smallest = 'Not even the smallest pictures and batches fit: use a smaller base model or another machine';

const recomputation = (needed: string) =>
  `memory is short: blocks are computed again for the gradient, which takes more time; a step needs ${needed}`;

/** The changes of a fit in words. */
export function offerOf({ changes, recompute }: Pick<RunFit, 'changes' | 'recompute'>): string {
  return [...changes, ...(recompute ? ['blocks that are computed again for the gradient'] : [])].join(', ');
}
