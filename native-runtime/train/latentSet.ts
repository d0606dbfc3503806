import { createHash } from 'node:crypto';
import { ProductError } from '../../src/common/errors';
import { openSafetensors, readTensors, writeSafetensors } from '../formats/safetensors';
import type { RandomStream } from '../random';
import { elementCount, float32, type TensorData } from '../tensorData';

/** Encoded views of pictures: the normal distribution of each view's latents, already scaled for the UNet. */
export interface LatentSet {
  /** [views, channels, height, width] */
  mean: TensorData;
  /** Standard deviations, as `mean`. */
  std: TensorData;
  /** [views, 1, height, width]: 1 for cells whose error counts. */
  mask: TensorData;
  /** Words before the caption, one for each view. */
  prefixes: string[];
}

/** One draw from a view's distribution, [channels, height, width]. */
export function drawLatents(set: LatentSet, view: number, random: Pick<RandomStream, 'normals'>): Float32Array {
  const size = elementCount(set.mean.shape.slice(1));
  const latents = random.normals(size);
  const at = view * size;
  const [mean, std] = [set.mean.data as Float32Array, set.std.data as Float32Array];
  for (let i = 0; i < size; i++) latents[i] = mean[at + i]! + std[at + i]! * latents[i]!;
  return latents;
}

/** A view's mask, [1, height, width]. */
export function maskOf(set: LatentSet, view: number): Float32Array {
  const size = elementCount(set.mask.shape.slice(1));
  return (set.mask.data as Float32Array).subarray(view * size, (view + 1) * size);
}

/** Keeps a set on disk. */
export async function saveLatentSet(path: string, set: LatentSet): Promise<void> {
  const tensors = tensorsOf(set);
  await writeSafetensors(path, tensors, { prefixes: JSON.stringify(set.prefixes), sha256: contentHash(tensors) });
}

/** A kept set, or undefined when there is none of this shape or its content is damaged. */
export async function loadLatentSet(path: string, shape: readonly number[]): Promise<LatentSet | undefined> {
  try {
    const file = await openSafetensors(path);
    const tensors = await readTensors(file, ['mean', 'std', 'mask']);
    const prefixes: unknown = JSON.parse(file.metadata.prefixes ?? '[]');
    const [mean, std, mask] = [tensors.get('mean')!, tensors.get('std')!, tensors.get('mask')!];
    const fits = mean.shape.join() === shape.join() && Array.isArray(prefixes) && prefixes.length === shape[0];
    if (!fits || file.metadata.sha256 !== contentHash(tensors)) return undefined;
    return { mean, std, mask, prefixes: prefixes.map(String) };
  } catch (error) {
    if (error instanceof ProductError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A set of zeros for so many views. */
export function emptyLatentSet(shape: readonly number[]): LatentSet {
  const [views, , height, width] = shape as [number, number, number, number];
  return { mean: float32(shape), std: float32(shape), mask: float32([views, 1, height, width]), prefixes: [] };
}

function tensorsOf({ mean, std, mask }: LatentSet): Map<string, TensorData> {
  return new Map([
    ['mean', mean],
    ['std', std],
    ['mask', mask],
  ]);
}

function contentHash(tensors: ReadonlyMap<string, TensorData>): string {
  const hash = createHash('sha256');
  for (const { data } of tensors.values()) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
