import sharp from 'sharp';
import { ProductError } from '../../src/common/errors';
import { checkRgb, type RgbImage } from '../sample/png';
import { heatColour } from './colourMap';
import { contourLines } from './contour';
import { resizeMap } from './resizeMap';

/** How a map is laid over its picture. */
export type OverlayStyle = 'heat' | 'mask' | 'contour';

/** The map values shown as no heat and full heat. */
export interface HeatRange {
  low: number;
  high: number;
}

export interface OverlayOptions {
  style: OverlayStyle;
  /** 0 shows only the picture, 1 the overlay at full strength; 0.75 if left out. */
  opacity?: number;
  /** A common scale for several maps; by default each map is stretched from its own minimum to its maximum. */
  range?: HeatRange;
  /** Heat at which a mask's region begins; 0.4 if left out. */
  threshold?: number;
  /** Heats of the contour lines, in (0, 1). */
  levels?: readonly number[];
}

/** A map `[height, width]`, of any size with the picture's proportions. */
export interface OverlayMap {
  height: number;
  width: number;
  data: Float32Array;
}

const DEFAULT_LEVELS = [0.3, 0.5, 0.7, 0.9];
const DIMMED = 0.15;

/**
 * The picture with a word's map over it, at the picture's size. The map is enlarged by bicubic interpolation.
 * `heat` colours by heat, stronger where it is hotter; `mask` dims everything outside the word's region; `contour`
 * draws lines of equal heat.
 * @throws ProductError `bad-input` for an opacity, threshold or level outside its range.
 */
export async function drawOverlay(picture: RgbImage, map: OverlayMap, options: OverlayOptions): Promise<RgbImage> {
  const { style, opacity = 0.75, threshold = 0.4, levels = DEFAULT_LEVELS } = options;
  checkRgb(picture);
  checkUnit('opacity', opacity);
  checkUnit('threshold', threshold);
  levels.forEach((level) => checkUnit('levels', level));
  const heat = heatOf(map, picture.height, picture.width, options.range);
  if (style === 'heat') return blendHeat(picture, heat, opacity);
  if (style === 'mask') return dimOutside(picture, heat, threshold, opacity);
  return drawContours(picture, heat, levels, opacity);
}

/**
 * A map at another size, scaled to [0, 1]: the range's ends become 0 and 1, what lies beyond is clipped. Without a
 * range its own extremes are the ends. A flat map has no heat anywhere.
 */
export function heatOf(map: OverlayMap, height: number, width: number, range?: HeatRange): Float32Array {
  const large = resizeMap(map.data, map.height, map.width, height, width);
  const { low, high } = range ?? extremes(large);
  const span = high - low;
  // Interpolation leaves rounding errors of a few ulp in a flat map; stretched, they would look like structure.
  const flat = !(span > 1e-5 * Math.max(Math.abs(high), Math.abs(low)));
  return large.map((value) => (flat ? 0 : Math.min(1, Math.max(0, (value - low) / span))));
}

/** One scale for several maps: from 0 to the largest value in any, so that a word nobody looks at stays dark. */
export function commonRange(maps: readonly OverlayMap[]): HeatRange {
  return { low: 0, high: Math.max(0, ...maps.map(({ data }) => extremes(data).high)) };
}

function extremes(values: Float32Array): HeatRange {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

function blendHeat(picture: RgbImage, heat: Float32Array, opacity: number): RgbImage {
  const data = new Uint8Array(picture.data.length);
  heat.forEach((value, i) => {
    // The exponent keeps faint attention visible while no heat stays clear.
    const alpha = opacity * value ** 0.75;
    const colour = heatColour(value);
    for (let c = 0; c < 3; c++)
      data[3 * i + c] = Math.round((1 - alpha) * picture.data[3 * i + c]! + alpha * colour[c]!);
  });
  return { width: picture.width, height: picture.height, data };
}

function dimOutside(picture: RgbImage, heat: Float32Array, threshold: number, opacity: number): RgbImage {
  const data = new Uint8Array(picture.data.length);
  heat.forEach((value, i) => {
    // A narrow ramp around the threshold instead of stairs along the edge.
    const inside = Math.min(1, Math.max(0, (value - threshold) / 0.06 + 0.5));
    const light = 1 - opacity * (1 - DIMMED) * (1 - inside);
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(light * picture.data[3 * i + c]!);
  });
  return { width: picture.width, height: picture.height, data };
}

async function drawContours(
  picture: RgbImage,
  heat: Float32Array,
  levels: readonly number[],
  opacity: number,
): Promise<RgbImage> {
  const { width, height } = picture;
  const pen = Math.max(1, Math.min(width, height) / 120);
  const paths = levels.map((level) => {
    const lines = contourLines(heat, height, width, level).map(({ points, closed }) => pathData(points, closed));
    const [red, green, blue] = heatColour(0.45 + 0.55 * level);
    const stroke = (colour: string, size: number) =>
      `<path d="${lines.join('')}" fill="none" stroke="${colour}" stroke-width="${size.toFixed(2)}" stroke-linejoin="round"/>`;
    return stroke('rgba(0,0,0,0.55)', 2 * pen) + stroke(`rgb(${red},${green},${blue})`, pen);
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g opacity="${opacity}">${paths.join('')}</g></svg>`;
  const data = await sharp(picture.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width, height, data };
}

/** SVG measures from pixel corners, contours from pixel centres. */
function pathData(points: readonly number[], closed: boolean): string {
  const parts: string[] = [];
  for (let i = 0; i < points.length; i += 2)
    parts.push(`${i === 0 ? 'M' : 'L'}${(points[i]! + 0.5).toFixed(2)} ${(points[i + 1]! + 0.5).toFixed(2)}`);
  return parts.join('') + (closed ? 'Z' : '');
}

function checkUnit(field: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new ProductError('bad-input', field, `is ${value}`, 'Give a number from 0 to 1');
}
