import { add, mul, sub } from '../graph/operators/elementwise';
import { gather, reshape } from '../graph/operators/layout';
import { constant, input, type Tensor } from '../graph/tensor';
import { componentWeights, type BaseModel } from '../models/baseModel';
import { addedConditions, encodeText, withFedRows } from '../models/conditioning';
import { unet } from '../models/unet';
import { NoiseSchedule } from '../sample/schedulers/noiseSchedule';
import { float32 } from '../tensorData';
import { diffusionLoss, type DiffusionLoss, type LossOptions } from './losses';

/** The sizes a training graph is built for. */
export interface GraphShape {
  rows: number;
  /** Latent cells. */
  height: number;
  width: number;
}

/** Trained tensors in a graph: UNet weights by name, and one matrix of modifier rows per text encoder. */
export interface TrainedTensors {
  unet: ReadonlyMap<string, Tensor>;
  modifierRows: readonly Tensor[];
}

/** How rows are compared, and where their text comes from. */
export interface ForwardOptions extends LossOptions {
  /** The text features of prior rows are fed (`withFedRows`): no word that learns is allowed in their captions, so they are encoded once. */
  fedPriors?: boolean;
}

/**
 * The forward pass of training: reads clean `latents` and `noise` [rows, channels, height, width], `timestep` [rows]
 * (int64), `mask` [rows, 1, height, width] and the text ids; noises the latents, predicts, and compares.
 */
export function diffusionForward(
  base: BaseModel,
  shape: GraphShape,
  trained: TrainedTensors,
  options: ForwardOptions,
): DiffusionLoss {
  const { rows, height, width } = shape;
  const size = [rows, base.unet.config.inChannels, height, width];
  const [latents, noise] = [input('latents', size), input('noise', size)];
  const timestep = input('timestep', [rows], 'int64');
  const { signal, noiseLevel } = scheduleTables(base);
  const at = (table: Tensor) => reshape(gather(table, timestep), [rows, 1, 1, 1]);
  const [a, b] = [at(signal), at(noiseLevel)];
  const sample = add(mul(latents, a), mul(noise, b));
  const encodedRows = options.fedPriors ? options.instanceRows : rows;
  const encoded = encodeText(base, encodedRows, trained.modifierRows);
  const conditioning = options.fedPriors ? withFedRows(encoded, rows - encodedRows) : encoded;
  const weights = componentWeights(base.unet, trained.unet);
  const inputs = {
    sample,
    timestep: gather(timestepTable(base), timestep),
    encoderHiddenStates: conditioning.encoderHiddenStates,
    added: addedConditions(conditioning, rows),
  };
  const prediction = unet(inputs, weights.get, base.unet.config);
  weights.check();
  const target = base.scheduler.predictionType === 'epsilon' ? noise : sub(mul(noise, a), mul(latents, b));
  return diffusionLoss(prediction, target, input('mask', [rows, 1, height, width]), options);
}

/** √ᾱ and √(1 − ᾱ) of every timestep, [1000]. */
function scheduleTables(base: BaseModel): { signal: Tensor; noiseLevel: Tensor } {
  const { alphasCumprod } = new NoiseSchedule(base.scheduler);
  const table = (f: (alpha: number) => number) => constant(float32([alphasCumprod.length], alphasCumprod.map(f)));
  return { signal: table(Math.sqrt), noiseLevel: table((alpha) => Math.sqrt(Math.fround(1 - alpha))) };
}

/** The timesteps as float32, by lookup: the UNet embeds them as numbers. */
function timestepTable(base: BaseModel): Tensor {
  const count = base.scheduler.trainTimesteps;
  return constant(
    float32(
      [count],
      Float32Array.from({ length: count }, (_, i) => i),
    ),
  );
}
