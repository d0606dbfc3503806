import { input } from '../graph/tensor';
import { decodeLatents, encodePicture } from './autoencoder';
import { componentWeights, type BaseModel } from './baseModel';
import { addedConditions, encodeText } from './conditioning';
import { unet } from './unet';

/**
 * Makes sure that every tensor the configuration asks for is in the files with its shape. The graphs are only drawn, at their
 * smallest size; no weight is read.
 * @throws ProductError `bad-model` naming the first missing or mis-shaped tensors.
 */
export function checkBaseWeights(base: BaseModel): void {
  const text = encodeText(base, 1);
  const side = 2 ** (base.unet.config.levels.length - 1);
  const unetWeights = componentWeights(base.unet);
  const inputs = {
    sample: input('sample', [1, base.unet.config.inChannels, side, side]),
    timestep: input('timestep', [1]),
    encoderHiddenStates: text.encoderHiddenStates,
    added: addedConditions(text, 1),
  };
  unet(inputs, unetWeights.get, base.unet.config);
  unetWeights.check();
  const { config } = base.vae;
  const vaeWeights = componentWeights(base.vae);
  const pixels = 2 * config.scaleFactor;
  encodePicture(input('picture', [1, 3, pixels, pixels]), vaeWeights.get, config);
  decodeLatents(input('latents', [1, config.latentChannels, 2, 2]), vaeWeights.get, config);
  vaeWeights.check();
}
