import sharp from 'sharp';
import { ProductError } from '../../src/common/errors';
import { loadImage } from '../data/images';
import type { BaseModel } from '../models/baseModel';
import { RandomStream } from '../random';
import { checkSize, sizeMultiple } from '../sample/generationRequest';
import type { Generator } from '../sample/generator';
import { checkRgb, type RgbImage } from '../sample/png';
import { NoiseSchedule } from '../sample/schedulers/noiseSchedule';
import type { AttentionAggregate } from './aggregate';
import { attentionAccumulator, capturedAttention } from './capture';
import type { WordGroup } from '../../src/common/attention/words';

/** How an existing picture is looked at. */
export interface ExplainOptions {
  /** How noisy the model sees the picture, from 0 to 999: early timesteps show details, late ones the composition. Default 400. */
  timestep?: number;
  /** Of the noise. */
  seed?: number;
  /** Pixels; by default the picture's proportions at about the area the model was trained at. */
  size?: { width: number; height: number };
  perLayer?: boolean;
}

/** A picture as the model saw it, and where each word of the prompt looked. */
export interface ExplainedPicture {
  image: RgbImage;
  attention: AttentionAggregate;
  words: readonly WordGroup[];
}

const DEFAULT_TIMESTEP = 400;

/**
 * The attention of an existing picture: encoded (the mean of its latents), noised to a timestep, one evaluation of the
 * UNet with the prompt alone. The picture is scaled to cover the size and its centre cut out, never squashed.
 * @throws ProductError `bad-input`, `bad-token`, or `bad-image` when the file is no picture.
 */
export async function explainPicture(
  { model, tunedFeeds }: Generator,
  picture: string | RgbImage,
  prompt: string,
  options: ExplainOptions = {},
): Promise<ExplainedPicture> {
  const { timestep = DEFAULT_TIMESTEP, seed = 0, perLayer = false } = options;
  const { base } = model;
  model.prompts.check(prompt, 'prompt');
  checkTimestep(base, timestep);
  if (options.size) checkSize(base, options.size);
  const loaded = typeof picture === 'string' ? await loadImage(picture) : picture;
  const image = await coverPicture(loaded, options.size ?? nativeSize(base, loaded));

  const { scaleFactor } = base.vae.config;
  const shape = { rows: 1, height: image.height / scaleFactor, width: image.width / scaleFactor, captureFrom: 0 };
  const latents = await model.encode(toPixels(image), image.height, image.width);
  const noise = new RandomStream(seed, 'explain.noise', timestep).normals(latents.length);
  const noisy = new NoiseSchedule(base.scheduler).addNoise(latents, noise, timestep);
  const text = await model.encodePrompt(prompt, tunedFeeds);
  const { results, layers } = await model.predict(shape, noisy, timestep, [text], tunedFeeds);
  const maps = attentionAccumulator(perLayer ? 'perLayer' : 'mean', 1, shape.height, shape.width)!;
  maps.addStep(capturedAttention(results, layers));
  return { image, attention: maps.result(0), words: model.prompts.words(prompt) };
}

/** The picture's proportions at about the area the model was trained at, in sizes it can draw. */
export function nativeSize(
  base: BaseModel,
  picture: { width: number; height: number },
): { width: number; height: number } {
  const multiple = sizeMultiple(base);
  const side = base.unet.config.sampleSize * base.vae.config.scaleFactor;
  const scale = side / Math.sqrt(picture.width * picture.height);
  // Beyond four to one the short side would be a few cells, and the crop is the smaller evil.
  const fit = (length: number) =>
    Math.max(1, Math.round(Math.min(2 * side, Math.max(side / 2, length * scale)) / multiple)) * multiple;
  return { width: fit(picture.width), height: fit(picture.height) };
}

/** The picture scaled to cover the size, its centre cut out. */
async function coverPicture(picture: RgbImage, size: { width: number; height: number }): Promise<RgbImage> {
  checkRgb(picture);
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  const { width, height } = size;
  const data = await sharp(picture.data, { raw })
    .resize(width, height, { fit: 'cover', position: 'centre', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width, height, data };
}

/** RGB bytes as [3, height, width] in [−1, 1]. */
function toPixels({ width, height, data }: RgbImage): Float32Array {
  const plane = width * height;
  return Float32Array.from({ length: 3 * plane }, (_, i) => data[3 * (i % plane) + Math.floor(i / plane)]! / 127.5 - 1);
}

function checkTimestep(base: BaseModel, timestep: number): void {
  const last = base.scheduler.trainTimesteps - 1;
  if (!Number.isInteger(timestep) || timestep < 0 || timestep > last)
    throw new ProductError(
      'bad-input',
      'timestep',
      `${timestep} is out of range`,
      `Use a whole number from 0 to ${last}`,
    );
}
