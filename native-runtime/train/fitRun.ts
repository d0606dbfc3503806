import { nearestResolution } from '../../src/common/config/configLimits';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { copiedWeightBytes } from '../device/sessionSettings';
import type { BaseModel } from '../models/baseModel';
import { sizeMultiple } from '../sample/generationRequest';
import { stepNeeds, weightBytes, type StepNeeds } from './stepNeeds';

/** How a run can be made in the memory there is. */
export interface RunFit {
  /** The configuration, changed no more than it must be. */
  config: ResolvedTrainConfig;
  /** Whether its steps compute blocks again in their backward pass. */
  recompute: boolean;
  needs: StepNeeds;
  /** What was changed, each as a field and its value: `gradientAccumulation 2`. */
  changes: string[];
}

/**
 * The run as it is: computing blocks again if that was asked for, or if it was left open and the plain step needs more than there is.
 * On the processor never with a small model, whose weights ONNX Runtime lays out anew: what it fuses then depends on the graph, and
 * numbers would change.
 * @param memory bytes of the machine
 */
export function chooseRecomputation(
  config: ResolvedTrainConfig,
  base: BaseModel,
  memory: number,
): { recompute: boolean; needs: StepNeeds } {
  // How much memory a WebGPU adapter has is not known: only who asks for it gets it there.
  const mayRecompute =
    config.device === 'webgpu'
      ? config.recompute === 'blocks'
      : config.recompute !== 'none' && weightBytes(base) > copiedWeightBytes;
  if (!mayRecompute || config.recompute === 'auto') {
    const plain = stepNeeds(config, base, false);
    if (!mayRecompute || plain.memory.total <= memory) return { recompute: false, needs: plain };
  }
  return { recompute: true, needs: stepNeeds(config, base, true) };
}

/**
 * The smallest change after which a run fits: computing blocks again, then smaller batches of which several make a step, then a lower
 * resolution. Undefined when not even the smallest run fits.
 * @param memory bytes of the machine
 */
export function fitRun(config: ResolvedTrainConfig, base: BaseModel, memory: number): RunFit | undefined {
  for (const candidate of candidates(config, sizeMultiple(base))) {
    const chosen = chooseRecomputation(candidate, base, memory);
    if (chosen.needs.memory.total <= memory)
      return { config: candidate, ...chosen, changes: changesBetween(config, candidate) };
  }
  return undefined;
}

/** The configuration itself, then what needs less and less. */
function* candidates(config: ResolvedTrainConfig, multiple: number): Generator<ResolvedTrainConfig> {
  yield config;
  const open: ResolvedTrainConfig = { ...config, recompute: 'auto' };
  if (config.recompute === 'none') yield open;
  let smallest = open;
  for (let parts = 2; parts <= Math.max(config.instanceRows, config.priorRows); parts++) {
    // Every batch has the same mixture of rows, and a step sees as many as before.
    if (config.instanceRows % parts || config.priorRows % parts) continue;
    smallest = {
      ...open,
      instanceRows: config.instanceRows / parts,
      priorRows: config.priorRows / parts,
      gradientAccumulation: config.gradientAccumulation * parts,
    };
    yield smallest;
  }
  for (let side = config.resolution - multiple; side >= nearestResolution(0, multiple); side -= multiple)
    yield { ...smallest, resolution: nearestResolution(side, multiple) };
}

function changesBetween(before: ResolvedTrainConfig, after: ResolvedTrainConfig): string[] {
  const fields = ['recompute', 'instanceRows', 'priorRows', 'gradientAccumulation', 'resolution'] as const;
  return fields.filter((field) => before[field] !== after[field]).map((field) => `${field} ${after[field]}`);
}
