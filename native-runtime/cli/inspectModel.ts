import type { BaseModel } from '../models/baseModel';
import { loadBaseModel } from '../models/loadBaseModel';
import { nativeSide, parameterCount } from '../models/modelSummary';
import { sizeMultiple } from '../sample/generationRequest';
import { productMedia } from '../productMedia';
import type { Inspection } from './inspect';

/** A base model: a diffusers folder or a single file. @throws ProductError as `loadBaseModel`. */
export async function inspectModel(path: string): Promise<Inspection> {
  const base = await loadBaseModel(path, productMedia());
  const { unet, vae, textEncoders, scheduler } = base;
  const side = nativeSide(base);
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

function partOf(part: BaseModel['unet'] | BaseModel['vae'] | BaseModel['textEncoders'][number], facts: object) {
  return { parameters: parameterCount(part), tensors: part.sources.size, ...facts, file: part.file.path };
}
