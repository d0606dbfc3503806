import { add, mul, sub } from '../../graph/operators/elementwise';
import { gather, reshape } from '../../graph/operators/layout';
import { reduceMean } from '../../graph/operators/reduce';
import { constant, input, type Tensor } from '../../graph/tensor';
import { textEncoder } from '../../models/textEncoder';
import type { TextEncoderConfig } from '../../models/textEncoderConfig';
import { unet } from '../../models/unet';
import type { UnetConfig } from '../../models/unetConfig';
import type { Weights } from '../../nn/weights';
import { NoiseSchedule } from '../../sample/schedulers/noiseSchedule';
import type { SchedulerConfig } from '../../sample/schedulers/schedulerConfig';
import { float32 } from '../../tensorData';
import { adamW, type OptimizerSettings } from '../../train/optimizer';
import { TrainableWeights } from '../../train/trainableWeights';

/** How much of the signal-to-noise ratio counts at most (min-SNR weighting; Hang et al., 2023). */
const SNR_LIMIT = 5;
/**
 * Weight of the clean picture's error where noise hides nearly all of it. What stands where is decided there, from the
 * caption alone, but min-SNR gives those timesteps next to nothing: they are a few thousandths of the loss.
 */
const HIDDEN_WEIGHT = 0.5;
const LARGEST_WEIGHT = 25;

/** The networks trained together from scratch. */
export interface PocketNetworks {
  unet: UnetConfig;
  text: TextEncoderConfig;
  scheduler: SchedulerConfig;
}

/** Names of the text encoder's weights are kept apart from the UNet's by this prefix. */
export const TEXT_PREFIX = 'text_encoder.';

/**
 * One training step of UNet and text encoder together, everything unfrozen: reads `latents` and `noise`
 * [batch, channels, cells, cells], `timestep` [batch] (int64) and `inputIds` [batch, 77].
 */
export function unetStep(
  networks: PocketNetworks,
  batch: number,
  settings: OptimizerSettings,
): { outputs: Record<string, Tensor>; shapes: Map<string, readonly number[]> } {
  const trained = new TrainableWeights();
  const { weighted, plain } = denoisingLoss(networks, batch, trained.source('unet.'), trained.source(TEXT_PREFIX));
  const outputs = { loss: weighted, plain, ...adamW(weighted, trained.trainables(weighted), settings) };
  return { outputs, shapes: trained.shapes };
}

function denoisingLoss(
  { unet: unetConfig, text, scheduler }: PocketNetworks,
  batch: number,
  unetWeights: Weights,
  textWeights: Weights,
) {
  const cells = unetConfig.sampleSize;
  const size = [batch, unetConfig.inChannels, cells, cells];
  const [latents, noise] = [input('latents', size), input('noise', size)];
  const timestep = input('timestep', [batch], 'int64');
  const { alphasCumprod } = new NoiseSchedule(scheduler);
  const lookUp = (values: (alpha: number, t: number) => number) =>
    gather(constant(float32([alphasCumprod.length], alphasCumprod.map(values))), timestep);
  const column = (t: Tensor) => reshape(t, [batch, 1, 1, 1]);
  const sample = add(
    mul(latents, column(lookUp((alpha) => Math.sqrt(alpha)))),
    mul(noise, column(lookUp((alpha) => Math.sqrt(1 - alpha)))),
  );
  const inputIds = input('inputIds', [batch, text.positions], 'int64');
  const { lastHiddenState } = textEncoder({ inputIds }, textWeights, text);
  const inputs = { sample, timestep: lookUp((_, t) => t), encoderHiddenStates: lastHiddenState };
  const error = sub(unet(inputs, unetWeights, unetConfig), noise);
  const rowLosses = reduceMean(mul(error, error), [1, 2, 3]);
  const weight = lookUp((alpha) => timestepWeight(alpha / (1 - alpha)));
  return { weighted: reduceMean(mul(rowLosses, weight), [0]), plain: reduceMean(rowLosses, [0]) };
}

/** Weight of the noise's squared error at a signal-to-noise ratio. */
function timestepWeight(snr: number): number {
  return Math.min(LARGEST_WEIGHT, (Math.min(snr, SNR_LIMIT) + HIDDEN_WEIGHT) / snr);
}
