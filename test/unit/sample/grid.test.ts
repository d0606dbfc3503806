import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { composeGrid, type GridContent } from '../../../native-runtime/sample/grid';
import { drawableText, textPath, textWidth } from '../../../native-runtime/sample/gridFont';
import { drawText, layOutText } from '../../../native-runtime/sample/gridText';
import type { RgbImage } from '../../../native-runtime/sample/png';

const plain = (width: number, height: number, colour: readonly number[]): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!),
});

const RED = [230, 20, 30];
const GREEN = [10, 180, 40];

async function decode(png: Buffer): Promise<RgbImage> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  return { width: info.width, height: info.height, data };
}

/** Bounding box of the pixels of exactly this colour. */
function boxOf(image: RgbImage, colour: readonly number[]) {
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1, count: 0 };
  for (let i = 0; i < image.width * image.height; i++) {
    if (colour.some((value, c) => image.data[3 * i + c] !== value)) continue;
    const [x, y] = [i % image.width, Math.floor(i / image.width)];
    Object.assign(box, {
      left: Math.min(box.left, x),
      right: Math.max(box.right, x),
      top: Math.min(box.top, y),
      bottom: Math.max(box.bottom, y),
      count: box.count + 1,
    });
  }
  return box;
}

describe('labelled grids', () => {
  const content: GridContent = {
    rows: ['base', 'tuned'],
    columns: ['seed 1', 'seed 2'],
    cells: [
      [plain(64, 64, RED), undefined],
      [undefined, plain(64, 32, GREEN)],
    ],
    cellSize: 128,
  };

  it.each(['nearest', 'lanczos3'] as const)('fill cells without distortion (%s)', async (enlarge) => {
    const image = await decode(await composeGrid({ ...content, enlarge }));
    const red = boxOf(image, RED);
    const green = boxOf(image, GREEN);
    expect([red.right - red.left + 1, red.bottom - red.top + 1]).toEqual([128, 128]);
    expect([green.right - green.left + 1, green.bottom - green.top + 1, green.count]).toEqual([128, 64, 128 * 64]);
    expect(green.left - red.left).toBe(138);
    expect(green.top - red.top).toBe(138 + 32);
  });

  it('labels need room and ink, and empty ones need neither', async () => {
    const bare = { ...content, rows: ['', ''], columns: ['', ''] };
    const [labelled, unlabelled] = [await decode(await composeGrid(content)), await decode(await composeGrid(bare))];
    const ink = (image: RgbImage) => boxOf(image, [0x26, 0x26, 0x2b]).count;
    expect(labelled.width).toBeGreaterThan(unlabelled.width + 20);
    expect(labelled.height).toBeGreaterThan(unlabelled.height + 5);
    expect(ink(unlabelled)).toBe(0);
    expect(ink(labelled)).toBeGreaterThan(100);
  });

  it('D17 markup in labels is drawn, not obeyed', async () => {
    const label = '</svg><image href="file:///etc/passwd"/>&lt;&#0;]]>${1}';
    const image = await decode(await composeGrid({ ...content, title: label, rows: [label, label] }));
    expect(boxOf(image, RED).count).toBe(128 * 128);
    expect(drawText(layOutText(label, 2, 2000, 1), 0, 0, 'left', '#000')).toMatch(/^<path d="[ML0-9. -]+" [^<>]*\/>$/);
  });

  it('long labels are cut to their lines and width', () => {
    const block = layOutText('a very long prompt '.repeat(500), 2, 150, 3);
    expect(block.lines).toHaveLength(3);
    expect(block.lines[2]).toMatch(/\.\.\.$/);
    expect(block.width).toBeLessThanOrEqual(150);
    expect(layOutText('Donaudampfschifffahrtsgesellschaft', 2, 100, 9).width).toBeLessThanOrEqual(100);
    expect(layOutText('short', 2, 150, 3).lines).toEqual(['short']);
  });

  it('every printable ASCII character has its own shape', () => {
    const all = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    expect(new Set(all.map((c) => textPath(c, 0, 0, 1))).size).toBe(94);
    expect(all.every((c) => textPath(c, 0, 0, 1).length > 0 && textWidth(c) >= 1)).toBe(true);
  });

  it('other characters become their plain form or a question mark', () => {
    expect(drawableText('Café “naïve” – 猫…\n\tÅ')).toBe('Cafe "naive" - ?... A');
  });

  it.each<[string, Partial<GridContent>]>([
    ['no pictures', { rows: [], cells: [] }],
    ['a missing row', { cells: [[undefined, undefined]] }],
    ['a row of another length', { cells: [[undefined], [undefined, undefined]] }],
    ['captions for other rows', { captions: [[]] }],
    ['a cell of 3 pixels', { cellSize: 3 }],
    ['a cell of 100.5 pixels', { cellSize: 100.5 }],
    ['a sheet too large to write', { cellSize: 9000 }],
  ])('refuse %s', async (_, change) => {
    await expect(composeGrid({ ...content, ...change })).rejects.toMatchObject({ code: 'bad-input' });
  });
});
