import { RandomStream } from '../../random';
import { SCENE_SIZE } from '../world/scene';

const SIZE = SCENE_SIZE;
const PLANE = SIZE * SIZE;

/** Gaussian blur of a picture [3, 64, 64] by `sigma` pixels; its edge is repeated outwards. */
export function blur(pixels: Float32Array, sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)));
  const total = kernel.reduce((sum, value) => sum + value);
  const along = (from: Float32Array, stride: number, across: number) => {
    const to = new Float32Array(from.length);
    for (let plane = 0; plane < 3; plane++)
      for (let line = 0; line < SIZE; line++) {
        const start = plane * PLANE + line * across;
        for (let i = 0; i < SIZE; i++) {
          let sum = 0;
          for (let k = -radius; k <= radius; k++)
            sum += kernel[k + radius]! * from[start + Math.min(SIZE - 1, Math.max(0, i + k)) * stride]!;
          to[start + i * stride] = sum / total;
        }
      }
    return to;
  };
  return along(along(pixels, 1, SIZE), SIZE, 1);
}

/**
 * The picture enlarged by `scale` about its middle and moved by (dx, dy) pixels, bilinear; its edge is repeated
 * outwards. A point (x, y) goes to 32 + scale · (x − 32) + dx, and so for y.
 */
export function warp(pixels: Float32Array, scale: number, dx: number, dy: number): Float32Array {
  const to = new Float32Array(pixels.length);
  const source = (at: number, shift: number) => {
    const exact = (at + 0.5 - SIZE / 2 - shift) / scale + SIZE / 2 - 0.5;
    const clamped = Math.min(SIZE - 1, Math.max(0, exact));
    const low = Math.min(SIZE - 2, Math.floor(clamped));
    return { low, part: clamped - low };
  };
  const columns = Array.from({ length: SIZE }, (_, x) => source(x, dx));
  for (let y = 0; y < SIZE; y++) {
    const row = source(y, dy);
    for (let plane = 0; plane < 3; plane++)
      for (let x = 0; x < SIZE; x++) {
        const { low, part } = columns[x]!;
        const at = plane * PLANE + row.low * SIZE + low;
        const above = pixels[at]! + part * (pixels[at + 1]! - pixels[at]!);
        const below = pixels[at + SIZE]! + part * (pixels[at + SIZE + 1]! - pixels[at + SIZE]!);
        to[plane * PLANE + y * SIZE + x] = above + row.part * (below - above);
      }
  }
  return to;
}

/** Square tiles of a picture in random order; tiles of one pixel leave only its colours. */
export function shuffleTiles(pixels: Float32Array, tile: number, random: RandomStream): Float32Array {
  const to = new Float32Array(pixels.length);
  const side = SIZE / tile;
  random.permutation(side * side).forEach((from, at) => {
    for (let plane = 0; plane < 3; plane++)
      for (let y = 0; y < tile; y++) {
        const source = plane * PLANE + (Math.floor(from / side) * tile + y) * SIZE + (from % side) * tile;
        const target = plane * PLANE + (Math.floor(at / side) * tile + y) * SIZE + (at % side) * tile;
        to.set(pixels.subarray(source, source + tile), target);
      }
  });
  return to;
}

/** Normal noise, cut from a fixed supply: drawing it anew would cost more than a training step. */
export function noise(random: RandomStream): Float32Array {
  supply ??= new RandomStream(0, 'pocket.scorer.noise').normals(1 << 16);
  const start = random.integer(0, supply.length - 3 * PLANE);
  return supply.subarray(start, start + 3 * PLANE);
}
let supply: Float32Array | undefined;

/** Soft blobs of random colours on a random ground: the colours of a picture without its shapes. */
export function blobs(random: RandomStream, sigma: number): Float32Array {
  const soft = blur(noise(random), sigma);
  // Blurring white noise divides its deviation by about 2√π·sigma; half a unit is a lively picture.
  const gain = sigma > 0 ? 0.5 * 2 * Math.sqrt(Math.PI) * sigma : 0.5;
  const ground = [0, 1, 2].map(() => random.uniform() * 1.4 - 0.7);
  return soft.map((value, i) => clamp(ground[Math.floor(i / PLANE)]! + gain * value));
}

/** One colour all over. */
export function plainColour(random: RandomStream): Float32Array {
  const grey = random.uniform() * 2 - 1;
  const tint = random.uniform() < 0.5 ? 0 : 0.5;
  const pixels = new Float32Array(3 * PLANE);
  for (let plane = 0; plane < 3; plane++) {
    const value = clamp(grey + tint * (random.uniform() * 2 - 1));
    pixels.fill(value, plane * PLANE, (plane + 1) * PLANE);
  }
  return pixels;
}

/** A value within the range of pictures, −1 to 1. */
export function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
