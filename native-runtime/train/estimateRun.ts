import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { Session, type SessionOptions } from '../device/session';
import { graphCost } from '../graph/cost';
import { matMul } from '../graph/operators/matrix';
import { input } from '../graph/tensor';
import type { BaseModel } from '../models/baseModel';
import { elementCount, float32 } from '../tensorData';
import { diskNeeds, type DiskNeeds } from './diskNeeds';
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
  secondsPerStep: number;
  /** All steps; without prior pictures, encoding and samples. */
  seconds: number;
}

/** How an estimate is made. */
export interface EstimateOptions extends SessionOptions {
  /** Pictures of each concept; 8 if left out. */
  pictures?: readonly number[];
  /** Floating-point operations a second of this machine; measured with a matrix product if left out. */
  rate?: number;
}

/** What ONNX Runtime, Node and the program itself take. */
const programBytes = 150e6;

/** Roughly how much of a matrix product's rate the large operators of a step reach, and what calling one operator costs. */
const reachedShare = 0.6;
const secondsPerNode = 1e-5;

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
  const { flops, nodes, peakBytes } = graphCost([loss, rowLosses, ...Object.values(updates)]);
  const trainedParameters = trainables.reduce((sum, { value }) => sum + elementCount(value.shape), 0);
  const pictures = options.pictures ?? config.concepts.map(() => 8);
  const mappedWeights = [base.unet, ...base.textEncoders].reduce((sum, part) => sum + bytesOf(part), 0);
  // Weights and moments; their next values are results of the graph and counted there. Sums of several batches are one copy more.
  const copies = config.gradientAccumulation > 1 ? 4 : 3;
  const trainedState = copies * 4 * trainedParameters;
  const rate = options.rate ?? (await measureRate(options));
  const flopsPerStep = flops * config.gradientAccumulation;
  const secondsPerStep = flopsPerStep / (rate * reachedShare) + nodes * secondsPerNode * config.gradientAccumulation;
  return {
    trainedParameters,
    disk: diskNeeds(config, base, trainedParameters, pictures),
    memory: {
      mappedWeights,
      trainedState,
      activations: peakBytes,
      total: programBytes + mappedWeights + trainedState + peakBytes,
    },
    flopsPerStep,
    secondsPerStep,
    seconds: secondsPerStep * config.steps,
  };
}

/** Floating-point operations a second of a matrix product on this machine: the best of a few, some 50 ms in all. */
export async function measureRate(options: SessionOptions = {}): Promise<number> {
  const size = 512;
  const session = await Session.create({ c: matMul(input('a', [size, size]), input('b', [size, size])) }, options);
  const feeds = {
    a: float32([size, size], new Float32Array(size * size).fill(0.5)),
    b: float32([size, size], new Float32Array(size * size).fill(2)),
  };
  let best = Infinity;
  try {
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      await session.run(feeds);
      best = Math.min(best, (performance.now() - started) / 1000);
    }
  } finally {
    await session.release();
  }
  return (2 * size ** 3) / best;
}

function bytesOf({ file, sources }: BaseModel['unet'] | BaseModel['textEncoders'][number]): number {
  const names = new Set([...sources.values()].map(({ name }) => name));
  return [...names].reduce((sum, name) => sum + (file.tensors.get(name)?.byteLength ?? 0), 0);
}
