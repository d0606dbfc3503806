import { totalmem } from 'node:os';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { SessionOptions } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import { diskNeeds, type DiskNeeds } from './diskNeeds';
import { chooseRecomputation, fitRun, type RunFit } from './fitRun';
import { machineSpeed, secondsOf, type MachineSpeed } from './machineSpeed';
import type { MemoryNeeds } from './stepNeeds';

/** What a run will take, before anything is done. Sizes in bytes, times in seconds. */
export interface RunEstimate {
  trainedParameters: number;
  disk: DiskNeeds;
  memory: MemoryNeeds;
  /** Whether blocks are computed again in the backward pass. */
  recompute: boolean;
  /** When it needs more memory than there is: the smallest change after which it fits. */
  fit?: Pick<RunFit, 'changes' | 'recompute'> & { memory: MemoryNeeds };
  /** Floating-point operations of one step, all its batches together. */
  flopsPerStep: number;
  /** Approximate, and for a machine as busy as it is now (docs/performance.md). */
  secondsPerStep: number;
  /** All steps; without prior pictures, encoding and samples. */
  seconds: number;
}

/** How an estimate is made. */
export interface EstimateOptions extends SessionOptions {
  /** Pictures of each concept; 8 if left out. */
  pictures?: readonly number[];
  /** Bytes of memory; asked of the system if left out. */
  memory?: number;
  /** How fast this machine is; measured if left out. */
  speed?: MachineSpeed;
}

/**
 * Estimates disk, memory and time of a run from its training graph. Nothing is trained; the machine's speed is measured for a moment.
 * @throws ProductError `bad-model` or `bad-config` when there is no such graph.
 */
export async function estimateRun(
  config: ResolvedTrainConfig,
  base: BaseModel,
  options: EstimateOptions = {},
): Promise<RunEstimate> {
  const available = options.memory ?? totalmem();
  const { recompute, needs } = chooseRecomputation(config, base, available);
  const fit = needs.memory.total > available ? fitRun(config, base, available) : undefined;
  const { trainedParameters, cost, memory } = needs;
  const pictures = options.pictures ?? config.concepts.map(() => 8);
  const speed = options.speed ?? (await machineSpeed(options));
  const secondsPerStep = secondsOf(cost, speed) * config.gradientAccumulation;
  return {
    trainedParameters,
    disk: diskNeeds(config, base, trainedParameters, pictures),
    memory,
    recompute,
    ...(fit ? { fit: { changes: fit.changes, recompute: fit.recompute, memory: fit.needs.memory } } : {}),
    flopsPerStep: cost.flops * config.gradientAccumulation,
    secondsPerStep,
    seconds: secondsPerStep * config.steps,
  };
}
