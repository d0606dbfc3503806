import { existsSync } from 'node:fs';
import { Session } from '../../device/session';
import { openSafetensors, readTensor, writeSafetensors } from '../../formats/safetensors';
import { input } from '../../graph/tensor';
import { encodePicture } from '../../models/autoencoder';
import type { AutoencoderConfig } from '../../models/autoencoderConfig';
import { componentWeights, type Component } from '../../models/baseModel';
import { float32, type TensorData } from '../../tensorData';
import { hashFile } from '../../train/fileHash';
import { SCENE_SIZE } from '../world/scene';
import { scenePictures } from './pictures';

const BATCH = 32;

/**
 * The latents of scenes 0 … count − 1 of a seed, [count, 4, cells, cells], encoded once and kept in a file as
 * long as the autoencoder stays the same.
 * The mean of the latent distribution is used: its deviation is small beside the noise of training.
 */
export async function encodeScenes(
  path: string,
  vae: Component<AutoencoderConfig>,
  seed: number,
  count: number,
): Promise<TensorData & { data: Float32Array }> {
  const cells = SCENE_SIZE / vae.config.scaleFactor;
  const perPicture = vae.config.latentChannels * cells * cells;
  const all = float32([count, vae.config.latentChannels, cells, cells]);
  const { sha256: fingerprint } = await hashFile(vae.file.path);
  if (existsSync(path)) {
    const file = await openSafetensors(path);
    if (file.metadata.vae === fingerprint && file.tensors.get('latents')?.shape[0] === count)
      return (await readTensor(file, 'latents')) as typeof all;
  }
  const weights = componentWeights(vae);
  const session = await Session.create({
    mean: encodePicture(input('pictures', [BATCH, 3, SCENE_SIZE, SCENE_SIZE]), weights.get, vae.config).mean,
  });
  weights.check();
  let next = scenePictures(seed, 0, BATCH);
  for (let first = 0; first < count; first += BATCH) {
    const { pictures } = await next;
    next = scenePictures(seed, first + BATCH, BATCH);
    const { mean } = await session.run({ pictures });
    const kept = Math.min(BATCH, count - first) * perPicture;
    all.data.set((mean!.data as Float32Array).subarray(0, kept), first * perPicture);
  }
  await next;
  await session.release();
  for (let i = 0; i < all.data.length; i++) all.data[i]! *= vae.config.scalingFactor;
  await writeSafetensors(path, new Map([['latents', all]]), { vae: fingerprint });
  return all;
}
