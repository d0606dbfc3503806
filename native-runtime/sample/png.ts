import sharp from 'sharp';
import { ProductError } from '../../src/common/errors';
import { atomicWrite } from '../atomicWrite';
import { insertAfterHeader } from './pngChunks';
import { metadataChunks, type PictureMetadata } from './pngMetadata';

/** A picture in memory: `data` is `[height, width, 3]`, sRGB bytes. */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * The autoencoder's output `[3, height, width]` in [-1, 1] as RGB bytes, exactly as diffusers makes them: x/2 + 0.5 in
 * float32, clamped to [0, 1], times 255, rounded to the nearest whole number with halves to even.
 * @throws ProductError `not-finite` when a value is NaN (a decoder that overflowed would otherwise give a black picture).
 */
export function imageToRgb(pixels: Float32Array, height: number, width: number): RgbImage {
  const plane = height * width;
  if (pixels.length !== 3 * plane)
    throw new ProductError('internal', '', `an image of 3×${height}×${width} values has ${pixels.length}`);
  const data = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = pixels[channel * plane + i]!;
      if (Number.isNaN(value)) throw notFinite();
      const unit = Math.min(1, Math.max(0, Math.fround(Math.fround(value / 2) + 0.5)));
      data[3 * i + channel] = roundHalfToEven(Math.fround(unit * 255));
    }
  }
  return { width, height, data };
}

/** The picture as PNG bytes without metadata. */
export async function encodePng(image: RgbImage): Promise<Buffer> {
  checkRgb(image);
  const { width, height, data } = image;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/**
 * Writes the picture as a PNG that says how it was made: the A1111 `parameters` text and the product's own record.
 * The file appears whole or not at all.
 * @throws ProductError `bad-input` when the metadata is too large; `disk-full` when space runs out.
 */
export async function savePicture(path: string, image: RgbImage, metadata: PictureMetadata): Promise<void> {
  const chunks = metadataChunks(metadata);
  await atomicWrite(path, insertAfterHeader(await encodePng(image), chunks));
}

/** The picture at another size, by Lanczos resampling unless asked otherwise. */
export async function resizePicture(
  picture: RgbImage,
  width: number,
  height: number,
  kernel: 'lanczos3' | 'nearest' = 'lanczos3',
): Promise<RgbImage> {
  if (picture.width === width && picture.height === height) return picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  const data = await sharp(picture.data, { raw }).resize(width, height, { kernel, fit: 'fill' }).raw().toBuffer();
  return { width, height, data };
}

/** @throws ProductError `internal` when the bytes do not fit the size. */
export function checkRgb(image: RgbImage): void {
  const { width, height, data } = image;
  if (!(width > 0 && height > 0) || data.length !== width * height * 3)
    throw new ProductError('internal', '', `a picture of ${width}×${height} has ${data.length} bytes`);
}

function roundHalfToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

function notFinite(): ProductError {
  return new ProductError(
    'not-finite',
    '',
    'the decoded picture holds values that are not numbers',
    'Try another seed or a lower guidance scale; with half precision, try float32',
  );
}
