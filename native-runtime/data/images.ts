import sharp, { type Sharp } from 'sharp';
import { ProductError } from '../../src/common/errors';
import { readImageFile } from './imageFile';
import { sniffContent, type ImageFormat } from './imageFormat';

/** A decoded picture: 8-bit sRGB, upright. */
export interface RgbImage {
  width: number;
  height: number;
  /** `[height, width, 3]` */
  data: Uint8Array;
}

/** What is known of a picture before it is decoded. */
export interface ImageInfo {
  format: ImageFormat;
  /** Pixels, after the EXIF orientation is applied. */
  width: number;
  height: number;
  /** What the user should know: only the first frame is used, transparency becomes white. */
  notices: string[];
}

/** Pictures of more pixels are refused before anything is decoded: 100 megapixels are 300 MB. */
export const maxPixels = 100_000_000;

/**
 * What a picture file holds, from its header alone.
 * @throws ProductError `bad-image` when it is not a JPEG, PNG, WebP, AVIF or TIFF picture, whatever its name, or too large.
 */
export async function inspectImage(path: string): Promise<ImageInfo> {
  return inspectBytes(await readImageFile(path), path);
}

/**
 * Decodes a picture file: EXIF orientation applied, CMYK and embedded profiles converted to sRGB, 16 bits reduced to 8,
 * transparency composited on white, first frame of an animation. PNG gamma chunks are ignored.
 * @throws ProductError `bad-image` when it is no picture, too large, damaged or cut short.
 */
export async function loadImage(path: string): Promise<RgbImage> {
  const bytes = await readImageFile(path);
  await inspectBytes(bytes, path);
  return decoding(path, async () => {
    const { data, info } = await uprightRgb(bytes).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  });
}

/** As `inspectImage`, for bytes in memory. */
export async function inspectBytes(bytes: Uint8Array, path: string): Promise<ImageInfo> {
  const content = sniffContent(bytes);
  if ('foreign' in content) {
    const pictorial = /picture|drawing|raw|Photoshop/.test(content.foreign);
    const problem = content.foreign === 'not a picture' ? content.foreign : `this is ${content.foreign}`;
    throw new ProductError('bad-image', path, problem, pictorial ? 'Convert it to JPEG or PNG' : 'Remove it');
  }
  // The limit is ours, so that the message is, too; reading the header decodes nothing.
  const header = await decoding(path, () => sharp(bytes, { limitInputPixels: false }).metadata());
  const { width, height } = header.autoOrient;
  if (width * height > maxPixels)
    throw new ProductError('bad-image', path, `${width}×${height} pixels are too many`, 'Save a smaller copy');
  const frames = Math.max(header.pages ?? 1, content.format === 'png' && isAnimatedPng(bytes) ? 2 : 1);
  const notices: string[] = [];
  if (frames > 1) notices.push('has several frames or pages; the first is used');
  if (header.hasAlpha) notices.push('has transparency, which becomes white');
  return { format: content.format, width, height, notices };
}

/** A pipeline that decodes bytes to upright RGB on white; stops at the first sign of damage. */
export function uprightRgb(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'warning' })
    .timeout({ seconds: 60 })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
}

/** Runs a decoder and turns what it throws into an error that names the file. */
export async function decoding<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/[.:]\s*$/, '');
    const problem = `the picture is damaged or cut short (${reason})`;
    throw new ProductError('bad-image', path, problem, 'Replace the file by an intact copy');
  }
}

/** Animated PNG files carry an animation control chunk before the first picture data. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.byteLength;) {
    const kind = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (kind === 'acTL') return true;
    if (kind === 'IDAT') return false;
    at += 12 + view.getUint32(at);
  }
  return false;
}
