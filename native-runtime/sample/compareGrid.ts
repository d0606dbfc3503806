import { ProductError } from '../../src/common/errors';
import { composeGrid } from './grid';
import type { RgbImage } from './png';

/** A picture and the seed it was made from. */
export interface SeededPicture {
  seed: number;
  image: RgbImage;
}

/** The pictures of one model: the base, a fine-tune, a strength, a freeze mode. */
export interface GridVariant {
  label: string;
  pictures: readonly SeededPicture[];
}

/** What is written around a grid, and how large its pictures are shown. */
export interface GridLook {
  title?: string;
  footer?: string;
  /** The longer side of a picture, in pixels; by default the pictures' own, but from 128 to 320. */
  cellSide?: number;
}

/**
 * Models one above the other at the same seeds, as PNG bytes: a row for each variant, a column for each seed. Where a
 * variant has no picture of a seed there is a grey plate.
 * @throws ProductError `bad-input` when there are no pictures, or more than fit in a grid.
 */
export async function compareGrid(variants: readonly GridVariant[], look: GridLook = {}): Promise<Buffer> {
  const seeds = [...new Set(variants.flatMap(({ pictures }) => pictures.map(({ seed }) => seed)))];
  const imageOf = ({ pictures }: GridVariant, seed: number) => pictures.find((picture) => picture.seed === seed)?.image;
  return composeGrid({
    rows: variants.map(({ label }) => label),
    columns: seeds.map((seed) => `seed ${seed}`),
    cells: variants.map((variant) => seeds.map((seed) => imageOf(variant, seed))),
    ...around(
      variants.flatMap(({ pictures }) => pictures),
      look,
    ),
  });
}

/**
 * All pictures of one request in a sheet as square as their number allows, each with its seed, as PNG bytes.
 * @throws ProductError `bad-input` as `compareGrid`
 */
export async function pictureSheet(pictures: readonly SeededPicture[], look: GridLook = {}): Promise<Buffer> {
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const indices = Array.from({ length: Math.ceil(pictures.length / columns) || 0 }, (_, r) =>
    Array.from({ length: columns }, (_, c) => r * columns + c),
  );
  return composeGrid({
    rows: indices.map(() => ''),
    columns: Array.from({ length: columns }, () => ''),
    cells: indices.map((row) => row.map((i) => pictures[i]?.image)),
    captions: indices.map((row) => row.map((i) => (pictures[i] ? { text: `seed ${pictures[i].seed}` } : undefined))),
    missing: 'blank',
    ...around(pictures, look),
  });
}

function around(pictures: readonly SeededPicture[], { title, footer, cellSide }: GridLook) {
  const first = pictures[0]?.image;
  if (!first) throw new ProductError('bad-input', 'grid', 'has no pictures');
  return {
    cellSize: cellSizeFor(first, cellSide),
    ...(title ? { title } : {}),
    ...(footer ? { footer } : {}),
  };
}

/** The box of a picture in a grid: its own proportions. @param cellSide the longer side; its own, but from 128 to 320, if left out */
export function cellSizeFor(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  cellSide = Math.min(320, Math.max(128, width, height)),
): { width: number; height: number } {
  const scale = cellSide / Math.max(width, height);
  const side = (length: number) => Math.max(16, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}
