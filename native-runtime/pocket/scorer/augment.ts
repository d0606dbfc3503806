import type { RandomStream } from '../../random';
import { SCENE_SIZE, type Box } from '../world/scene';
import type { LabelledPicture } from './labelledPicture';
import { blur, clamp, noise, warp } from './pixels';

/** Moves and scales a picture a little, its boxes with it: a model does not place its animals to the pixel. */
export function moved(picture: LabelledPicture, random: RandomStream): LabelledPicture {
  if (random.uniform() < 0.25) return picture;
  const scale = 0.88 + 0.26 * random.uniform();
  const [dx, dy] = [8 * random.uniform() - 4, 8 * random.uniform() - 4];
  const along = (value: number, shift: number) =>
    Math.min(SCENE_SIZE, Math.max(0, SCENE_SIZE / 2 + scale * (value - SCENE_SIZE / 2) + shift));
  const box = ({ x0, y0, x1, y1 }: Box): Box => ({
    x0: along(x0, dx),
    y0: along(y0, dy),
    x1: along(x1, dx),
    y1: along(y1, dy),
  });
  return {
    ...picture,
    pixels: warp(picture.pixels, scale, dx, dy),
    animals: picture.animals.map((animal) => ({ ...animal, box: box(animal.box) })),
  };
}

/** Slight blur, noise, and shifts of contrast and tint, each on some pictures only. */
export function weathered(pixels: Float32Array, random: RandomStream): Float32Array {
  let result = pixels;
  if (random.uniform() < 0.4) result = blur(result, 0.3 + 0.8 * random.uniform());
  const grain = random.uniform() < 0.4 ? 0.12 * random.uniform() : 0;
  const changed = random.uniform() < 0.6;
  const contrast = changed ? 0.8 + 0.35 * random.uniform() : 1;
  const tint = [0, 1, 2].map(() => (changed ? 0.16 * (random.uniform() - 0.5) : 0));
  if (!grain && !changed) return result;
  const grains = noise(random);
  const plane = SCENE_SIZE * SCENE_SIZE;
  return result.map((value, i) => clamp(contrast * value + tint[Math.floor(i / plane)]! + grain * grains[i]!));
}
