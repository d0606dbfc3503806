import type { BaseModel } from '../models/baseModel';
import { loadBaseModel } from '../models/loadBaseModel';
import { sizeMultiple } from '../sample/generationRequest';
import { elementCount } from '../tensorData';
import { prepareOptions } from './trainInputs';
import type { Inspection } from './inspect';

/** A base model: a diffusers folder or a single file. @throws ProductError as `loadBaseModel`. */
export async function inspectModel(path: string): Promise<Inspection> {
  const base = await loadBaseModel(path, prepareOptions());
  const { unet, vae, textEncoders, scheduler } = base;
  const side = unet.config.sampleSize * vae.config.scaleFactor;
  return {
    kind: 'base model',
    path,
    family: base.family,
    pictures: `${side}×${side} by default, sides in multiples of ${sizeMultiple(base)}`,
    predicts: scheduler.predictionType,
    unet: partOf(unet, { channels: unet.config.levels.map(({ channels }) => channels) }),
    autoencoder: partOf(vae, { latentChannels: vae.config.latentChannels, reduction: vae.config.scaleFactor }),
    textEncoders: textEncoders.map((encoder) =>
      partOf(encoder, {
        width: encoder.config.hiddenSize,
        layers: encoder.config.layers,
        positions: encoder.config.positions,
      }),
    ),
    fingerprint: base.fingerprint,
  };
}

function partOf(
  { file, sources }: BaseModel['unet'] | BaseModel['vae'] | BaseModel['textEncoders'][number],
  facts: object,
) {
  const parameters = [...sources.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { parameters, tensors: sources.size, ...facts, file: file.path };
}
