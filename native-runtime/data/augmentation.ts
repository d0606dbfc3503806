import sharp from 'sharp';
import { RandomStream } from '../random';
import type { RgbImage } from './images';

/** How the subject is shown in one view of a picture: small on a grey canvas, as it is, or enlarged and cropped. */
export type AugmentationBand = 'small' | 'plain' | 'zoom';

/** The draws that make one view of a picture. */
export interface AugmentationParameters {
  band: AugmentationBand;
  /** Side in pixels to which the picture is resized; even. */
  scale: number;
  /** Centre of the view in pixels: on the canvas for `small`, in the enlarged picture for `zoom`. */
  centreX: number;
  centreY: number;
  flip: boolean;
  /** Words before the caption that say how the subject is shown. */
  prefix: string;
}

/** A view of a picture, ready for the autoencoder. */
export interface AugmentedView {
  /** `[3, size, size]` in −1 … 1 */
  pixels: Float32Array;
  /** `[1, size / factor, size / factor]`: 1 for latent cells whose error counts. */
  mask: Float32Array;
  prefix: string;
}

const prefixes = { small: ['a far away ', 'very small '], plain: [''], zoom: ['zoomed in ', 'close up '] } as const;

/**
 * Draws one view of a picture, in the three bands of Custom Diffusion's augmentation (Kumari et al., 2022): with probability
 * 2/3 a scale between a third and all of the size, else between 1.2 and 1.4 times it.
 * The draws depend on nothing but the arguments, so views can be encoded in any order.
 * @param drawIndex which view of the picture
 * @param size side of the training pictures, in pixels
 */
export function drawAugmentation(
  seed: number,
  concept: number,
  pictureIndex: number,
  drawIndex: number,
  size: number,
  options: { enabled: boolean; flip: boolean } = { enabled: true, flip: true },
): AugmentationParameters {
  const random = new RandomStream(seed, `augmentation/${concept}`, pictureIndex, drawIndex);
  const flip = random.uniform() < 0.5 && options.flip;
  const plain = { band: 'plain', scale: size, centreX: size / 2, centreY: size / 2, flip, prefix: '' } as const;
  if (!options.enabled) return plain;
  const drawn =
    random.integer(0, 3) < 2
      ? random.integer(Math.floor(size / 3), size + 1)
      : random.integer(Math.floor(1.2 * size), Math.floor(1.4 * size));
  const scale = drawn + (drawn % 2);
  const band = scale < 0.6 * size ? 'small' : scale > size ? 'zoom' : 'plain';
  if (band === 'plain') return plain;
  // The smaller square moves freely inside the larger one.
  const [inner, outer] = band === 'small' ? [scale, size] : [size, scale];
  const centre = () => random.integer(inner / 2, outer - inner / 2 + 1);
  return { band, scale, flip, prefix: random.choice(prefixes[band]), centreX: centre(), centreY: centre() };
}

/**
 * Makes the view: centre crop to a square (never squashed), mirrored, resized bicubically, placed or cropped.
 * @param size side of the result in pixels, a multiple of `vaeScaleFactor`
 * @param vaeScaleFactor pixels per latent cell along a side: 8 for Stable Diffusion
 */
export async function applyAugmentation(
  image: RgbImage,
  parameters: AugmentationParameters,
  size: number,
  vaeScaleFactor: number,
): Promise<AugmentedView> {
  const { band, scale, centreX, centreY, flip, prefix } = parameters;
  const square = await resizedSquare(image, scale, flip);
  const left = band === 'small' ? centreX - scale / 2 : size / 2 - centreX;
  const top = band === 'small' ? centreY - scale / 2 : size / 2 - centreY;
  const pixels = place(square, scale, size, band === 'plain' ? 0 : left, band === 'plain' ? 0 : top);
  return { pixels, mask: validMask(parameters, size, vaeScaleFactor), prefix };
}

/** The middle square of a picture at the given size, as prior pictures are shown: `[3, size, size]` in −1 … 1. */
export async function centreSquare(image: RgbImage, size: number, flip = false): Promise<Float32Array> {
  return place(await resizedSquare(image, size, flip), size, size, 0, 0);
}

/** `[side, side, 3]` bytes of the middle square. */
async function resizedSquare(image: RgbImage, side: number, flip: boolean): Promise<Uint8Array> {
  const { width, height, data } = image;
  const crop = Math.min(width, height);
  const pipeline = sharp(data, { raw: { width, height, channels: 3 } })
    .extract({ left: Math.floor((width - crop) / 2), top: Math.floor((height - crop) / 2), width: crop, height: crop })
    .resize(side, side, { fit: 'fill', kernel: 'cubic' })
    .flop(flip);
  return pipeline.raw().toBuffer();
}

/** Copies a square picture to (left, top) of a canvas whose empty part is 0, mid-grey; what falls outside is cut off. */
function place(square: Uint8Array, side: number, size: number, left: number, top: number): Float32Array {
  const out = new Float32Array(3 * size * size);
  for (let y = Math.max(0, top); y < Math.min(size, top + side); y++)
    for (let x = Math.max(0, left); x < Math.min(size, left + side); x++) {
      const from = 3 * ((y - top) * side + (x - left));
      for (let c = 0; c < 3; c++) out[(c * size + y) * size + x] = square[from + c]! / 127.5 - 1;
    }
  return out;
}

/** Latent cells that lie wholly inside the picture, with a margin of one; everything unless the picture is placed small. */
function validMask(
  { band, scale, centreX, centreY }: AugmentationParameters,
  size: number,
  factor: number,
): Float32Array {
  const cells = Math.floor(size / factor);
  if (band !== 'small') return new Float32Array(cells * cells).fill(1);
  const mask = new Float32Array(cells * cells);
  const [x0, x1] = validRange(centreX, scale, factor, cells);
  const [y0, y1] = validRange(centreY, scale, factor, cells);
  for (let y = y0; y < y1; y++) mask.fill(1, y * cells + x0, y * cells + x1);
  return mask;
}

/** First cell and the one after the last. Where the margin leaves nothing, the cell at the centre stands in. */
function validRange(centre: number, scale: number, factor: number, cells: number): [number, number] {
  const first = Math.floor((centre - scale / 2) / factor) + 1;
  const end = Math.min(cells, Math.floor((centre + scale / 2) / factor) - 1);
  if (first < end) return [first, end];
  const middle = Math.min(cells - 1, Math.floor(centre / factor));
  return [middle, middle + 1];
}
