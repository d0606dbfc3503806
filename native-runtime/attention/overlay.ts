import sharp from 'sharp';
import { contourLines } from '../../src/common/attention/contour';
import { heatOf, type HeatRange, type OverlayMap } from '../../src/common/attention/heat';
import {
  blendHeat,
  contourColour,
  contourPen,
  dimOutside,
  overlayDefaults,
  type OverlayStyle,
} from '../../src/common/attention/shading';
import { ProductError } from '../../src/common/errors';
import { checkRgb, type RgbImage } from '../sample/png';

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

/**
 * The picture with a word's map over it, at the picture's size. The map is enlarged by bicubic interpolation.
 * `heat` colours by heat, stronger where it is hotter; `mask` dims everything outside the word's region; `contour`
 * draws lines of equal heat.
 * @throws ProductError `bad-input` for an opacity, threshold or level outside its range.
 */
export async function drawOverlay(picture: RgbImage, map: OverlayMap, options: OverlayOptions): Promise<RgbImage> {
  const { style, opacity = overlayDefaults.opacity, threshold = overlayDefaults.threshold } = options;
  const { levels = overlayDefaults.levels } = options;
  checkRgb(picture);
  checkUnit('opacity', opacity);
  checkUnit('threshold', threshold);
  levels.forEach((level) => checkUnit('levels', level));
  const heat = heatOf(map, picture.height, picture.width, options.range);
  if (style === 'heat') return painted(picture, (pixels) => blendHeat(pixels, 3, heat, opacity));
  if (style === 'mask') return painted(picture, (pixels) => dimOutside(pixels, 3, heat, threshold, opacity));
  return drawContours(picture, heat, levels, opacity);
}

/** A copy of the picture, drawn on. */
function painted(picture: RgbImage, paint: (pixels: Uint8Array) => void): RgbImage {
  const data = Uint8Array.from(picture.data);
  paint(data);
  return { width: picture.width, height: picture.height, data };
}

async function drawContours(
  picture: RgbImage,
  heat: Float32Array,
  levels: readonly number[],
  opacity: number,
): Promise<RgbImage> {
  const { width, height } = picture;
  const pen = contourPen(width, height);
  const paths = levels.map((level) => {
    const lines = contourLines(heat, height, width, level).map(({ points, closed }) => pathData(points, closed));
    const [red, green, blue] = contourColour(level);
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
