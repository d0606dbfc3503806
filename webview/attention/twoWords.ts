import { insideMask, maskLight } from '../../src/common/attention/shading';

/**
 * The colours of two compared words: data colours, chosen to differ in hue and in lightness for every kind of colour
 * vision. The stripes lean to opposite sides, so that the words also differ without colour.
 */
export const pairColours = [
  [255, 158, 27],
  [40, 120, 255],
] as const;

/** What is needed to draw two words at once. */
export interface PairPaint {
  heats: readonly [Float32Array, Float32Array];
  opacity: number;
  /** Width of the picture in pixels. */
  width: number;
  height: number;
}

/** Two heats side by side are told apart by their peaks, so faint attention is let go. */
const PAIR_EXPONENT = 1.5;

/** Width of one stripe with its gap, in pixels. */
export function stripePeriod(width: number, height: number): number {
  return Math.max(6, Math.round(Math.min(width, height) / 28));
}

/** Whether a pixel lies on a stripe of the first (leaning right) or second word (leaning left). */
export function onStripe(word: 0 | 1, x: number, y: number, period: number): boolean {
  const along = word === 0 ? x + y : x - y + period * 1e6;
  return along % period < period / 2;
}

/** Lays both words' heat over RGBA pixels, in place. */
export function blendPair(pixels: Uint8ClampedArray, { heats, opacity, width, height }: PairPaint): void {
  eachPixel(pixels, width, height, (i, stripes) => [
    opacity * heats[0][i]! ** PAIR_EXPONENT * (stripes[0] ? 1 : 0.3),
    opacity * heats[1][i]! ** PAIR_EXPONENT * (stripes[1] ? 1 : 0.3),
  ]);
}

/** Dims RGBA pixels outside both words' regions and tints what is inside each, in place. */
export function maskPair(pixels: Uint8ClampedArray, paint: PairPaint, threshold: number): void {
  const { heats, opacity, width, height } = paint;
  for (let i = 0; i < heats[0].length; i++) {
    const inside = Math.max(insideMask(heats[0][i]!, threshold), insideMask(heats[1][i]!, threshold));
    const light = maskLight(inside, opacity);
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = light * pixels[4 * i + c]!;
  }
  eachPixel(pixels, width, height, (i, stripes) => [
    opacity * insideMask(heats[0][i]!, threshold) * (stripes[0] ? 0.6 : 0.1),
    opacity * insideMask(heats[1][i]!, threshold) * (stripes[1] ? 0.6 : 0.1),
  ]);
}

/** Covers each pixel with both colours by their strengths; neither lies above the other. */
function eachPixel(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  strengths: (i: number, stripes: readonly [boolean, boolean]) => readonly [number, number],
): void {
  const period = stripePeriod(width, height);
  const [first, second] = pairColours;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [a, b] = strengths(i, [onStripe(0, x, y, period), onStripe(1, x, y, period)]);
      const sum = a + b;
      if (sum <= 0) continue;
      const alpha = a + b - a * b;
      for (let c = 0; c < 3; c++) {
        const colour = (a * first[c]! + b * second[c]!) / sum;
        pixels[4 * i + c] = Math.round((1 - alpha) * pixels[4 * i + c]! + alpha * colour);
      }
    }
  }
}
