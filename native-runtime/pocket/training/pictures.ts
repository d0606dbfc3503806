import { RandomStream } from '../../random';
import { float32, type TensorData } from '../../tensorData';
import { drawScene } from '../world/drawScene';
import { renderScenes } from '../world/renderScene';
import { SCENE_SIZE, type Scene } from '../world/scene';

/** RGB bytes [count, size, size, 3] as float32 [count, 3, size, size] in [−1, 1]. */
export function toPictures(bytes: Uint8Array, count: number, size: number): TensorData & { data: Float32Array } {
  const cells = size * size;
  const pictures = float32([count, 3, size, size]);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < cells; i++)
      for (let c = 0; c < 3; c++) pictures.data[(n * 3 + c) * cells + i] = bytes[(n * cells + i) * 3 + c]! / 127.5 - 1;
  return pictures;
}

/** Float pictures [count, 3, size, size] in [−1, 1] as RGB bytes [count, size, size, 3]. */
export function toBytes(pictures: Float32Array, count: number, size: number): Uint8Array {
  const cells = size * size;
  const bytes = new Uint8Array(count * cells * 3);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < cells; i++)
      for (let c = 0; c < 3; c++) {
        const value = (pictures[(n * 3 + c) * cells + i]! + 1) * 127.5;
        bytes[(n * cells + i) * 3 + c] = Math.round(Math.min(255, Math.max(0, value)));
      }
  return bytes;
}

/** The scenes `first` … `first + count − 1` of a seed, and their pictures. */
export async function scenePictures(
  seed: number,
  first: number,
  count: number,
): Promise<{ scenes: Scene[]; pictures: TensorData & { data: Float32Array } }> {
  const scenes = Array.from({ length: count }, (_, i) => drawScene(seed, first + i));
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i += 16) parts.push(await renderScenes(scenes.slice(i, i + 16)));
  return { scenes, pictures: toPictures(Buffer.concat(parts), count, SCENE_SIZE) };
}

const ZOOMED = 82;
const SMALL = 40;

/**
 * A batch for the autoencoder. One in eight is zoomed in and one in eight small on grey, as fine-tuning's augmentation
 * will show them; a quarter has its colour channels exchanged, so that colours rare in this world are kept as well.
 */
export async function autoencoderBatch(seed: number, first: number, count: number): Promise<TensorData> {
  const { pictures, scenes } = await scenePictures(seed, first, count);
  const random = new RandomStream(seed, 'pocket.crop', 0, first);
  const eighth = count >> 3;
  const zoomed = toPictures(await renderScenes(scenes.slice(0, eighth), ZOOMED), eighth, ZOOMED);
  const small = toPictures(await renderScenes(scenes.slice(eighth, 2 * eighth), SMALL), eighth, SMALL);
  for (let n = 0; n < eighth; n++) {
    const [x, y] = [random.integer(0, ZOOMED - SCENE_SIZE + 1), random.integer(0, ZOOMED - SCENE_SIZE + 1)];
    copyWindow(zoomed.data, n, ZOOMED, x, y, pictures.data, n, SCENE_SIZE, 0, 0, SCENE_SIZE);
    const [left, top] = [random.integer(0, SCENE_SIZE - SMALL + 1), random.integer(0, SCENE_SIZE - SMALL + 1)];
    const target = eighth + n;
    pictures.data.fill(0, target * 3 * SCENE_SIZE ** 2, (target + 1) * 3 * SCENE_SIZE ** 2);
    copyWindow(small.data, n, SMALL, 0, 0, pictures.data, target, SCENE_SIZE, left, top, SMALL);
  }
  for (let n = 2 * eighth; n < 4 * eighth; n++) exchangeChannels(pictures.data, n, random.permutation(3));
  return pictures;
}

function exchangeChannels(pictures: Float32Array, index: number, order: readonly number[]): void {
  const cells = SCENE_SIZE ** 2;
  const picture = pictures.slice(index * 3 * cells, (index + 1) * 3 * cells);
  order.forEach((from, to) => {
    pictures.set(picture.subarray(from * cells, (from + 1) * cells), (index * 3 + to) * cells);
  });
}

/** Copies a square of `edge` pixels between two batches of square pictures [.., 3, size, size]. */
function copyWindow(
  from: Float32Array,
  fromIndex: number,
  fromSize: number,
  fromX: number,
  fromY: number,
  to: Float32Array,
  toIndex: number,
  toSize: number,
  toX: number,
  toY: number,
  edge: number,
): void {
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < edge; y++) {
      const source = ((fromIndex * 3 + c) * fromSize + fromY + y) * fromSize + fromX;
      const target = ((toIndex * 3 + c) * toSize + toY + y) * toSize + toX;
      to.set(from.subarray(source, source + edge), target);
    }
}
