import type { AttentionMaps } from '../../src/common/attention/attentionMaps';
import { contourLines } from '../../src/common/attention/contour';
import { commonRange, heatOf, type HeatRange, type OverlayMap } from '../../src/common/attention/heat';
import {
  blendHeat,
  contourColour,
  contourPen,
  dimOutside,
  overlayDefaults,
  type OverlayStyle,
} from '../../src/common/attention/shading';
import { wordMaps } from '../../src/common/attention/words';
import { peakOf } from './place';
import type { Size } from './renderSize';
import type { Target } from './targets';
import { blendPair, maskPair, pairColours } from './twoWords';

/** How overlays look; the user's choices. */
export interface Look {
  style: OverlayStyle;
  opacity: number;
  threshold: number;
  scale: 'own' | 'common';
}

/** What is drawn. */
export interface Drawing {
  picture: CanvasImageSource;
  size: Size;
  maps: AttentionMaps;
  /** None, one or two. */
  targets: readonly Target[];
  /** All words that a common scale is common to. */
  words: readonly Target[];
  look: Look;
}

type Context = CanvasRenderingContext2D;

/** Draws a picture with the overlay of one word, or of two in two colours, on a canvas of the drawing's size. */
export function drawAttention(context: Context, drawing: Drawing): void {
  const { picture, size, maps, targets, words, look } = drawing;
  const { width, height } = size;
  context.globalAlpha = 1;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  if (targets.length === 0) return;
  const found = wordMaps(maps, targets);
  const range = look.scale === 'common' ? commonRange(wordMaps(maps, words)) : undefined;
  const heats = found.map((map) => cachedHeat(map, size, range));
  if (look.style === 'contour') {
    heats.forEach((heat, i) => drawContours(context, heat, size, look.opacity, targets.length > 1 ? i : undefined));
  } else {
    const pixels = context.getImageData(0, 0, width, height);
    paint(pixels.data, heats, size, look);
    context.putImageData(pixels, 0, 0);
  }
  if (targets.length === 2)
    targets.forEach((target, i) => drawLabel(context, `${i + 1} ${target.text}`, peakOf(found[i]!), size, i));
}

function paint(pixels: Uint8ClampedArray, heats: readonly Float32Array[], size: Size, look: Look): void {
  const { style, opacity, threshold } = look;
  const [first, second] = heats;
  if (first && second) {
    const pair = { heats: [first, second] as const, opacity, ...size };
    if (style === 'heat') blendPair(pixels, pair);
    else maskPair(pixels, pair, threshold);
  } else if (first) {
    if (style === 'heat') blendHeat(pixels, 4, first, opacity);
    else dimOutside(pixels, 4, first, threshold, opacity);
  }
}

/** Enlarging is the slow part, and a slider asks for the same map many times. */
const heatCache = new Map<string, Float32Array>();

function cachedHeat(map: OverlayMap, { width, height }: Size, range: HeatRange | undefined): Float32Array {
  const key = `${fingerprint(map.data)}:${map.width}:${width}x${height}:${range ? range.high : 'own'}`;
  const known = heatCache.get(key);
  if (known) return known;
  if (heatCache.size >= 8) heatCache.delete(heatCache.keys().next().value!);
  const heat = heatOf(map, height, width, range);
  heatCache.set(key, heat);
  return heat;
}

/** A number that differs between maps (FNV-1a over their bits). */
function fingerprint(data: Float32Array): number {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return bits.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193) >>> 0, 0x811c9dc5);
}

/** Eight lines of two words would only be a tangle. */
const PAIR_LEVELS = [0.5, 0.8];

/** Lines of equal heat; of two words the second's are dashed. */
function drawContours(context: Context, heat: Float32Array, size: Size, opacity: number, word?: number): void {
  const pen = contourPen(size.width, size.height);
  context.save();
  context.globalAlpha = opacity;
  context.lineJoin = 'round';
  for (const level of word === undefined ? overlayDefaults.levels : PAIR_LEVELS) {
    const path = contourPath(heat, size, level);
    const [red, green, blue] = word === undefined ? contourColour(level) : pairColours[word === 0 ? 0 : 1];
    context.setLineDash(word === 1 ? [4 * pen, 3 * pen] : []);
    context.strokeStyle = 'rgba(0, 0, 0, 0.55)';
    context.lineWidth = 2 * pen;
    context.stroke(path);
    context.strokeStyle = `rgb(${red}, ${green}, ${blue})`;
    context.lineWidth = word === undefined ? pen : pen * (0.6 + level);
    context.stroke(path);
  }
  context.restore();
}

/** A canvas measures from pixel corners, contours from pixel centres. */
function contourPath(heat: Float32Array, { width, height }: Size, level: number): Path2D {
  const path = new Path2D();
  for (const { points, closed } of contourLines(heat, height, width, level)) {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]! + 0.5, points[i + 1]! + 0.5];
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (closed) path.closePath();
  }
  return path;
}

/** The word's number and text where its map is strongest, inside the picture. */
function drawLabel(context: Context, text: string, at: { x: number; y: number }, size: Size, word: number): void {
  const letter = Math.max(11, Math.min(size.width, size.height) / 28);
  const [red, green, blue] = pairColours[word === 0 ? 0 : 1];
  context.save();
  context.font = `600 ${letter}px sans-serif`;
  context.textBaseline = 'middle';
  const width = Math.min(context.measureText(text).width + letter, size.width);
  const height = 1.6 * letter;
  const x = Math.min(Math.max(0, at.x * size.width - width / 2), size.width - width);
  // The second label is moved down a line so that labels at one place do not hide each other.
  const y = Math.min(Math.max(0, at.y * size.height - height / 2 + word * height), size.height - height);
  context.fillStyle = 'rgba(0, 0, 0, 0.75)';
  context.fillRect(x, y, width, height);
  context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
  context.fillRect(x, y, letter / 4, height);
  context.fillStyle = 'rgb(255, 255, 255)';
  context.fillText(text, x + letter / 2, y + height / 2, width - letter);
  context.restore();
}
