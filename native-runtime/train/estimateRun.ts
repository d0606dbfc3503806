import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { SessionOptions } from '../device/session';
import { graphCost } from '../graph/cost';
import type { BaseModel } from '../models/baseModel';
import { elementCount } from '../tensorData';
import { diskNeeds, type DiskNeeds } from './diskNeeds';
import { machineSpeed, secondsOf, type MachineSpeed } from './machineSpeed';
import { adamW } from './optimizer';
import { stepOptionsOf } from './prepareRun';
import { lossAndGradients } from './stepGraph';

/** What a run will take, before anything is done. Sizes in bytes, times in seconds. */
export interface RunEstimate {
  trainedParameters: number;
  disk: DiskNeeds;
  memory: {
    /** Files of weights that are mapped; the system may drop and read them again. */
    mappedWeights: number;
    /** Trained weights and moments, and their next values. */
    trainedState: number;
    /** Results between operators, at their most. */
    activations: number;
    total: number;
  };
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
  /** How fast this machine is; measured if left out. */
  speed?: MachineSpeed;
}

/** What ONNX Runtime, Node and the program itself take. */
const programBytes = 150e6;

/**
 * Estimates disk, memory and time of a run from its training graph. Nothing is trained; the machine's speed is measured for a moment.
 * @throws ProductError `bad-model` or `bad-config` when there is no such graph.
 */
export async function estimateRun(
  config: ResolvedTrainConfig,
  base: BaseModel,
  options: EstimateOptions = {},
): Promise<RunEstimate> {
  const stepOptions = stepOptionsOf(config);
  const cells = config.resolution / base.vae.config.scaleFactor;
  const shape = { rows: config.instanceRows + config.priorRows, height: cells, width: cells };
  const { loss, rowLosses, trainables } = lossAndGradients(base, shape, stepOptions);
  const updates = adamW(loss, trainables, stepOptions.optimizer);
  const cost = graphCost([loss, rowLosses, ...Object.values(updates)]);
  const trainedParameters = trainables.reduce((sum, { value }) => sum + elementCount(value.shape), 0);
  const pictures = options.pictures ?? config.concepts.map(() => 8);
  const mappedWeights = [base.unet, ...base.textEncoders].reduce((sum, part) => sum + bytesOf(part), 0);
  // Weights and moments; their next values are results of the graph and counted there. Sums of several batches are one copy more.
  const copies = config.gradientAccumulation > 1 ? 4 : 3;
  const trainedState = copies * 4 * trainedParameters;
  const speed = options.speed ?? (await machineSpeed(options));
  const secondsPerStep = secondsOf(cost, speed) * config.gradientAccumulation;
  return {
    trainedParameters,
    disk: diskNeeds(config, base, trainedParameters, pictures),
    memory: {
      mappedWeights,
      trainedState,
      activations: cost.peakBytes,
      total: programBytes + mappedWeights + trainedState + cost.peakBytes,
    },
    flopsPerStep: cost.flops * config.gradientAccumulation,
    secondsPerStep,
    seconds: secondsPerStep * config.steps,
  };
}

function bytesOf({ file, sources }: BaseModel['unet'] | BaseModel['textEncoders'][number]): number {
  const names = new Set([...sources.values()].map(({ name }) => name));
  return [...names].reduce((sum, name) => sum + (file.tensors.get(name)?.byteLength ?? 0), 0);
}
