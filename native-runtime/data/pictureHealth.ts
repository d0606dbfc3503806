import sharp from 'sharp';
import { decoding, uprightRgb } from './images';

/** Measures of a picture that need its pixels. */
export interface PictureMeasures {
  /** Bits that tell where brightness rises from left to right on a 16×16 grid; alike for pictures that look alike. */
  fingerprint: Uint8Array;
  /** Variance of the Laplacian of the picture at 256 pixels, in grey levels squared; low when it is blurred. */
  sharpness: number;
}

/** What health checks need to know of a picture. */
export interface CheckedPicture extends PictureMeasures {
  file: string;
  width: number;
  height: number;
  sha256: string;
}

/** Something about one picture that the user should know; the picture is used all the same. */
export interface PictureWarning {
  /** The file's name; empty when it is about the folder. */
  file: string;
  problem: string;
}

const grid = 16;
const measuredSide = 256;
const blurredBelow = 25;
const alikeWithin = 8;
/** Rises of fewer grey levels are noise. */
const riseThreshold = 3;

/**
 * Decodes a picture in full, once, and measures it.
 * @throws ProductError `bad-image` when it is damaged or cut short.
 */
export async function measurePicture(bytes: Uint8Array, path: string): Promise<PictureMeasures> {
  return decoding(path, async () => {
    const { data, info } = await uprightRgb(bytes)
      .resize(measuredSide, measuredSide, { fit: 'inside', withoutEnlargement: true })
      .greyscale()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const small = await sharp(data, { raw: { width, height, channels: 1 } })
      .resize(grid + 1, grid, { fit: 'fill' })
      .greyscale()
      .raw()
      .toBuffer();
    return { fingerprint: riseBits(small), sharpness: laplacianVariance(data, width, height) };
  });
}

/** Warnings about sizes, shapes, blur and pictures that occur more than once. */
export function healthWarnings(pictures: readonly CheckedPicture[], resolution: number): PictureWarning[] {
  const warnings: PictureWarning[] = [];
  pictures.forEach((picture, i) => {
    const { file, width, height } = picture;
    const warn = (problem: string) => warnings.push({ file, problem });
    const [short, long] = [Math.min(width, height), Math.max(width, height)];
    if (short < resolution) warn(`is ${width}×${height}; it will be enlarged to ${resolution} and look soft`);
    if (long > 1.5 * short) warn(`is ${width}×${height}; only the square in the middle is used`);
    if (picture.sharpness < blurredBelow) warn('seems blurred or empty');
    const earlier = pictures.slice(0, i);
    const same = earlier.find(({ sha256 }) => sha256 === picture.sha256);
    const alike = earlier.find(({ fingerprint }) => distance(fingerprint, picture.fingerprint) <= alikeWithin);
    if (same) warn(`is the same file as ${same.file}`);
    else if (alike) warn(`looks nearly the same as ${alike.file}`);
  });
  return warnings;
}

function riseBits(grey: Uint8Array): Uint8Array {
  const bits = new Uint8Array(grid * grid);
  for (let y = 0; y < grid; y++)
    for (let x = 0; x < grid; x++) {
      const at = y * (grid + 1) + x;
      bits[y * grid + x] = grey[at + 1]! - grey[at]! > riseThreshold ? 1 : 0;
    }
  return bits;
}

/** How many bits differ. Pictures without any rise have nothing to be compared by. */
function distance(a: Uint8Array, b: Uint8Array): number {
  const differing = a.reduce((n, bit, i) => n + (bit ^ b[i]!), 0);
  return a.some((bit) => bit) ? differing : Infinity;
}

function laplacianVariance(grey: Uint8Array, width: number, height: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = grey[at - 1]! + grey[at + 1]! + grey[at - width]! + grey[at + width]! - 4 * grey[at]!;
      sum += value;
      squares += value * value;
      count++;
    }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
