import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { atomicWrite } from '../atomicWrite';
import { applyAugmentation, drawAugmentation, type AugmentationParameters } from './augmentation';
import { encodePng, imageToRgb } from '../sample/png';
import { loadImage } from './images';
import { makeCacheFolder } from './thumbnails';

/** Which views of a picture are drawn; the names are those of `drawAugmentation`. */
export interface ViewRequest {
  picture: string;
  cacheFolder: string;
  resolution: number;
  /** Pixels per latent cell along a side. */
  scaleFactor: number;
  seed: number;
  concept: number;
  pictureIndex: number;
  first: number;
  count: number;
  enabled: boolean;
  flip: boolean;
}

/** A view of a picture as training sees it. */
export interface ViewPicture extends Pick<AugmentationParameters, 'band' | 'flip' | 'prefix'> {
  /** A PNG in the cache folder. */
  picture: string;
  /** `data` is `[height, width]`: 1 for latent cells whose error counts. */
  mask: { height: number; width: number; data: Float32Array };
}

/**
 * Draws views of a picture with the very draws of training and keeps them as PNG files.
 * @throws ProductError `bad-image`, `cancelled`, or what writing throws
 */
export async function drawViews(request: ViewRequest, signal?: AbortSignal): Promise<ViewPicture[]> {
  const { picture, cacheFolder, resolution, scaleFactor, seed, concept, pictureIndex, first, count } = request;
  const image = await loadImage(picture);
  const content = createHash('sha256').update(image.data).digest('hex');
  await makeCacheFolder(cacheFolder);
  const views: ViewPicture[] = [];
  for (let index = first; index < first + count; index++) {
    if (signal?.aborted) throw new ProductError('cancelled', picture, 'stopped while drawing views');
    const drawn = drawAugmentation(seed, concept, pictureIndex, index, resolution, request);
    const { pixels, mask } = await applyAugmentation(image, drawn, resolution, scaleFactor);
    const cells = Math.floor(resolution / scaleFactor);
    const { band, flip, prefix } = drawn;
    views.push({
      picture: await keep(cacheFolder, [content, image.width, image.height, resolution, drawn], pixels, resolution),
      mask: { height: cells, width: cells, data: mask },
      band,
      flip,
      prefix: prefix.trim(),
    });
  }
  return views;
}

/** Writes a view under a name made of all that it depends on. */
async function keep(folder: string, dependsOn: unknown, pixels: Float32Array, size: number): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(dependsOn)).digest('hex').slice(0, 32);
  const path = join(folder, `view-${key}.png`);
  if (!existsSync(path)) await atomicWrite(path, await encodePng(imageToRgb(pixels, size, size)));
  return path;
}
