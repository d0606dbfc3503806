import { basename } from 'node:path';
import type { LayerList, ModelSummary } from '../../src/common/protocol/model';
import { sizeMultiple } from '../sample/generationRequest';
import { elementCount } from '../tensorData';
import type { BaseModel } from './baseModel';
import { layerTable } from './layerTable';

/** A component's parameters, counted from its file's header. */
export function parameterCount({
  sources,
}: BaseModel['unet'] | BaseModel['vae'] | BaseModel['textEncoders'][number]): number {
  return [...sources.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** The side of a base's pictures, in pixels, when nothing else is asked for. */
export function nativeSide({ unet, vae }: BaseModel): number {
  return unet.config.sampleSize * vae.config.scaleFactor;
}

/** What a base model is; no weight is read. @param choice as the user named it */
export function modelSummary(base: BaseModel, choice: string): ModelSummary {
  const { unet, vae, textEncoders, scheduler } = base;
  return {
    path: base.path,
    name: choice === base.path ? basename(base.path) : choice,
    family: base.family,
    resolution: nativeSide(base),
    sizeMultiple: sizeMultiple(base),
    predictionType: scheduler.predictionType,
    parameters: {
      unet: parameterCount(unet),
      autoencoder: parameterCount(vae),
      textEncoders: textEncoders.reduce((sum, encoder) => sum + parameterCount(encoder), 0),
    },
    fingerprint: base.fingerprint,
    textPositions: textEncoders[0]!.config.positions,
  };
}

/** What can be chosen to learn of a base model. */
export function layerList({ unet }: BaseModel): LayerList {
  const { layers, modes, parameters } = layerTable(unet.config, []);
  return {
    layers: layers.map(({ name, projections }) => ({
      name,
      projections: projections.map((row) => ({
        name: row.name,
        shapes: Object.fromEntries(Object.entries(row.shapes).map(([parameter, shape]) => [parameter, [...shape]])),
        parameters: row.parameters,
      })),
    })),
    modes,
    parameters,
  };
}
