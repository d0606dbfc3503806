import { commonRange } from '../../src/common/attention/heat';
import { ProductError } from '../../src/common/errors';
import { type CellCaption, composeGrid } from '../sample/grid';
import { resizePicture, type RgbImage } from '../sample/png';
import type { AttentionMaps } from './aggregate';
import { drawOverlay, type OverlayOptions } from './overlay';
import { massTable, wordMaps, type WordGroup } from '../../src/common/attention/words';

export interface PanelOptions extends Omit<OverlayOptions, 'range'> {
  /** `own`: each word is stretched to its own range; `common`: one scale for all shown words. */
  scale: 'own' | 'common';
  /** The longer side of a tile in pixels; 256 if left out. */
  tileSize?: number;
  /** Tiles in a row; by default as square a sheet as the number allows. */
  columns?: number;
  title?: string;
  /** Further text under the tiles. */
  note?: string;
  /** Show start, end and padding tokens too. */
  includeSpecial?: boolean;
}

/**
 * A sheet as PNG bytes: the picture, then one overlay per word with its mean probability. Learned tokens are framed;
 * special tokens are left out unless asked for.
 * @throws ProductError `bad-input` when no word is left to show, `bad-token` for a word without a map.
 */
export async function attentionPanel(
  picture: RgbImage,
  maps: AttentionMaps,
  words: readonly WordGroup[],
  options: PanelOptions,
): Promise<Buffer> {
  const shown = words.filter((word) => options.includeSpecial || !word.isSpecial);
  if (shown.length === 0)
    throw new ProductError('bad-input', 'words', 'there is no word to show', 'Choose words of the prompt');
  const found = wordMaps(maps, shown);
  const masses = massTable(maps, shown);
  const tile = await fitToTile(picture, options.tileSize ?? 256);
  const range = options.scale === 'common' ? commonRange(found) : undefined;
  const pictures = [tile];
  const captions: CellCaption[] = [{ text: 'picture' }];
  for (const [i, map] of found.entries()) {
    pictures.push(await drawOverlay(tile, map, { ...options, ...(range ? { range } : {}) }));
    captions.push({ text: `${map.word.text} ${percent(masses[i]!.mass)}`, accent: map.word.isModifier });
  }
  const columns = Math.min(options.columns ?? Math.ceil(Math.sqrt(pictures.length)), pictures.length);
  const cells = inRows(pictures, columns);
  return composeGrid({
    rows: cells.map(() => ''),
    columns: Array.from({ length: columns }, () => ''),
    cells,
    captions: inRows(captions, columns),
    cellSize: { width: tile.width, height: tile.height },
    missing: 'blank',
    footer: footer(options, shown),
    ...(options.title ? { title: options.title } : {}),
  });
}

async function fitToTile(picture: RgbImage, size: number): Promise<RgbImage> {
  const scale = size / Math.max(picture.width, picture.height);
  const side = (length: number) => Math.max(16, Math.round(length * scale));
  return resizePicture(picture, side(picture.width), side(picture.height));
}

function footer(options: PanelOptions, shown: readonly WordGroup[]): string {
  const scale =
    options.scale === 'common'
      ? 'One scale for all words.'
      : 'Each word has its own scale: compare places, not strengths.';
  const framed = shown.some((word) => word.isModifier) ? 'Framed: learned tokens.' : '';
  return [options.note, scale, 'Figures: mean probability.', framed].filter(Boolean).join(' ');
}

function percent(mass: number): string {
  return `${(100 * mass).toFixed(mass < 0.01 ? 2 : 1)} %`;
}

/** The items in rows of `columns`; the last row is filled up with nothing. */
function inRows<T>(items: readonly T[], columns: number): (T | undefined)[][] {
  const rows = Math.ceil(items.length / columns);
  return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => items[r * columns + c]));
}
