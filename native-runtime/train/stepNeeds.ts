import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { graphCost, type GraphCost } from '../graph/cost';
import type { BaseModel } from '../models/baseModel';
import { elementCount } from '../tensorData';
import { graphDevice } from '../device/graphDevice';
import { mayCopyWeights } from '../device/sessionSettings';
import { fasterConvolutions } from '../device/convolution/fasterConvolutions';
import { adamW } from './optimizer';
import { lossAndGradients, stepOptionsOf } from './stepGraph';

/** Memory of a run, in bytes. */
export interface MemoryNeeds {
  /** Files of weights that are mapped; the system may drop and read them again. */
  mappedWeights: number;
  /** Trained weights, moments and gradients; where the graph updates them, those of the step before too. */
  trainedState: number;
  /** Results between operators, at their most. */
  activations: number;
  total: number;
}

/** What one training step takes, told from its graph. */
export interface StepNeeds {
  trainedParameters: number;
  cost: GraphCost;
  memory: MemoryNeeds;
}

/** What ONNX Runtime, Node and the program itself take. */
const programBytes = 150e6;

/**
 * Memory that is held for each byte of results (measured in docs/performance.md): what comes and goes leaves holes in the heap, and the
 * arena that sessions of small models have on the processor grows by doubling.
 */
const heapFactor = { heap: 1.15, arena: 2.75 };

/** An update in place takes as long for each weight as operators that move so many bytes: about 6.5 ns. */
const hostUpdateBytes = 180;

/** The needs of a step that keeps what lies within blocks, or computes it again. @throws ProductError `bad-model` or `bad-config` */
export function stepNeeds(config: ResolvedTrainConfig, base: BaseModel, recompute: boolean): StepNeeds {
  const options = { ...stepOptionsOf(config), recompute };
  const cells = config.resolution / base.vae.config.scaleFactor;
  const shape = { rows: config.instanceRows + config.priorRows, height: cells, width: cells };
  const { loss, rowLosses, trainables } = lossAndGradients(base, shape, options);
  const inPlace = graphDevice(config.device) === 'cpu';
  const results = inPlace
    ? trainables.map(({ gradient }) => gradient)
    : Object.values(adamW(loss, trainables, options.optimizer));
  const trainedParameters = trainables.reduce((sum, { value }) => sum + elementCount(value.shape), 0);
  const mappedWeights = weightBytes(base, new Set(trainables.map(({ name }) => name)));
  const all = [loss, rowLosses, ...results];
  const isMapped = inPlace && !mayCopyWeights(mappedWeights);
  const ofGraph = graphCost(all, isMapped ? fasterConvolutions(all) : all);
  const updateBytes = inPlace ? hostUpdateBytes * trainedParameters : 0;
  const cost = { ...ofGraph, movedBytes: ofGraph.movedBytes + updateBytes };
  // In place: weights, moments and gradients. In a graph: weights and moments, and the last ones until they are collected.
  const copies = inPlace ? 4 : 6;
  const sums = config.gradientAccumulation > 1 ? (inPlace ? 1 : 2) : 0;
  const trainedState = (copies + sums) * 4 * trainedParameters;
  const activations = cost.peakBytes * heapFactor[inPlace && !isMapped ? 'arena' : 'heap'];
  const total = programBytes + mappedWeights + trainedState + activations;
  return { trainedParameters, cost, memory: { mappedWeights, trainedState, activations, total } };
}

/** Bytes of the weights that a step reads from files: all but those that it trains. */
export function weightBytes(base: BaseModel, trained: ReadonlySet<string> = new Set()): number {
  return [base.unet, ...base.textEncoders].reduce((sum, part) => sum + bytesOf(part, trained), 0);
}

function bytesOf(
  { file, sources }: BaseModel['unet'] | BaseModel['textEncoders'][number],
  trained: ReadonlySet<string>,
): number {
  const read = [...sources].filter(([name]) => !trained.has(name)).map(([, source]) => source.name);
  return [...new Set(read)].reduce((sum, name) => sum + (file.tensors.get(name)?.byteLength ?? 0), 0);
}
