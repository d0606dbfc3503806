import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { heatColour } from '../../../src/common/attention/colourMap';
import { contourLines } from '../../../src/common/attention/contour';
import { drawOverlay } from '../../../native-runtime/attention/overlay';
import { commonRange, heatOf } from '../../../src/common/attention/heat';
import type { OverlayStyle } from '../../../src/common/attention/shading';
import { attentionPanel } from '../../../native-runtime/attention/panel';
import type { RgbImage } from '../../../native-runtime/sample/png';

const grey = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(128),
});

/** A bell of height `peak` around cell (row, column). */
function blob(height: number, width: number, row: number, column: number, peak = 1) {
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const [dy, dx] = [Math.floor(i / width) - row, (i % width) - column];
    return peak * Math.exp(-(dx * dx + dy * dy) / 3);
  });
  return { height, width, data };
}

const pixel = ({ width, data }: RgbImage, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('overlays', () => {
  // Twice as wide as high; the blob lies right of the middle, in the upper part.
  const picture = grey(192, 96);
  const map = blob(12, 24, 3, 18);
  const [hot, cold] = [[18 * 8 + 4, 3 * 8 + 4] as const, [3 * 8 + 4, 9 * 8] as const];

  it('heat colours the blob’s place and leaves cold places alone', async () => {
    const out = await drawOverlay(picture, map, { style: 'heat', opacity: 1 });
    expect([out.width, out.height]).toEqual([192, 96]);
    const [red, , blue] = pixel(out, ...hot);
    expect(red).toBeGreaterThan(240);
    expect(blue).toBeGreaterThan(120);
    pixel(out, ...cold).forEach((value) => expect(Math.abs(value - 128)).toBeLessThan(8));
  });

  it('mask keeps the blob’s place and dims the rest', async () => {
    const out = await drawOverlay(picture, map, { style: 'mask', opacity: 1 });
    expect(pixel(out, ...hot)).toEqual([128, 128, 128]);
    pixel(out, ...cold).forEach((value) => expect(value).toBeLessThan(30));
  });

  it('contour draws around the blob and nowhere else', async () => {
    const out = await drawOverlay(picture, map, { style: 'contour', opacity: 1, levels: [0.5] });
    const changed = Array.from({ length: 192 * 96 }, (_, i) => i).filter((i) => out.data[3 * i] !== 128);
    expect(changed.length).toBeGreaterThan(40);
    // The bell falls to half at sqrt(3 ln 2) = 1.44 cells = 11.5 pixels.
    for (const i of changed) {
      const radius = Math.hypot((i % 192) - hot[0] + 0.5, Math.floor(i / 192) - hot[1] + 0.5);
      expect(Math.abs(radius - 11.5)).toBeLessThan(3);
    }
  });

  it.each<OverlayStyle>(['heat', 'mask', 'contour'])('%s with opacity 0 is the picture', async (style) => {
    expect([...(await drawOverlay(picture, map, { style, opacity: 0 })).data]).toEqual([...picture.data]);
  });

  it('a flat map has no heat, whatever the sizes', () => {
    const flat = { height: 3, width: 5, data: new Float32Array(15).fill(0.0137) };
    expect(Math.max(...heatOf(flat, 48, 80))).toBe(0);
  });

  it('own scales stretch a faint word, a common scale leaves it dark', () => {
    const faint = blob(12, 24, 6, 6, 0.05);
    expect(Math.max(...heatOf(faint, 96, 192))).toBe(1);
    expect(Math.max(...heatOf(faint, 96, 192, commonRange([map, faint])))).toBeLessThan(0.06);
    expect(Math.max(...heatOf(map, 96, 192, commonRange([map, faint])))).toBeGreaterThan(0.9);
  });

  it.each([
    ['opacity', { opacity: 1.5 }],
    ['threshold', { threshold: -1 }],
    ['levels', { levels: [NaN] }],
  ])('refuse a wrong %s by name', async (where, change) => {
    await expect(drawOverlay(picture, map, { style: 'heat', ...change })).rejects.toMatchObject({
      code: 'bad-input',
      where,
    });
  });

  it('colours grow lighter all the way', () => {
    const light = Array.from({ length: 101 }, (_, i) => heatColour(i / 100)).map(
      ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b,
    );
    light.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(light[i]!));
  });
});

describe('contour lines', () => {
  it('follow a cone as a circle, closed, within a twentieth of a pixel', () => {
    const cone = Float32Array.from(
      { length: 40 * 60 },
      (_, i) => 100 - Math.hypot((i % 60) - 33, Math.floor(i / 60) - 18),
    );
    const lines = contourLines(cone, 40, 60, 88);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.closed).toBe(true);
    for (let i = 0; i < lines[0]!.points.length; i += 2)
      expect(Math.abs(Math.hypot(lines[0]!.points[i]! - 33, lines[0]!.points[i + 1]! - 18) - 12)).toBeLessThan(0.05);
  });

  it('cross a slope as one open straight line from border to border', () => {
    const slope = Float32Array.from({ length: 5 * 9 }, (_, i) => i % 9);
    const [line, ...rest] = contourLines(slope, 5, 9, 3.25);
    expect(rest).toEqual([]);
    expect(line!.closed).toBe(false);
    expect(line!.points).toHaveLength(10);
    line!.points.forEach((value, i) => i % 2 === 0 && expect(value).toBeCloseTo(3.25, 6));
  });

  it('separate the two peaks of a saddle below its pass', () => {
    const saddle = Float32Array.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(contourLines(saddle, 4, 4, 0.7)).toHaveLength(2);
    expect(contourLines(saddle, 4, 4, 0.4)).toHaveLength(1);
  });

  it('a flat map has none', () => {
    expect(contourLines(new Float32Array(20).fill(0.5), 4, 5, 0.5)).toEqual([]);
  });
});

describe('the panel of words', () => {
  const [height, width] = [8, 12];
  const data = new Float32Array(4 * height * width);
  [
    blob(height, width, 2, 2, 0.5),
    blob(height, width, 2, 3, 0.05),
    blob(height, width, 5, 9, 0.04),
    blob(height, width, 4, 4, 0.2),
  ].forEach((map, i) => data.set(map.data, i * height * width));
  const maps = { tokens: 4, height, width, data };
  const words = [
    { text: 'start', positions: [0], isModifier: false, isSpecial: true },
    { text: '<new1>', positions: [1], isModifier: true },
    { text: 'cat & "dog"', positions: [2, 3], isModifier: false },
  ];
  const picture = grey(96, 64);
  const accent = (png: Buffer) =>
    sharp(png)
      .raw()
      .toBuffer()
      .then((bytes) => {
        let count = 0;
        for (let i = 0; i < bytes.length; i += 3)
          if (bytes[i] === 0xb3 && bytes[i + 1] === 0x19 && bytes[i + 2] === 0x7d) count++;
        return count;
      });

  it('has a tile per word and frames learned tokens', async () => {
    const one = { style: 'heat', scale: 'own', tileSize: 96, columns: 3 } as const;
    const sheet = await attentionPanel(picture, maps, words, one);
    const { width: sheetWidth } = await sharp(sheet).metadata();
    expect(sheetWidth).toBeGreaterThan(3 * 96);
    expect(sheetWidth).toBeLessThan(4 * 96);
    expect(await accent(sheet)).toBeGreaterThan(300);
    expect(await accent(await attentionPanel(picture, maps, words.slice(2), one))).toBe(0);
    const more = await sharp(
      await attentionPanel(picture, maps, words, { ...one, columns: 9, includeSpecial: true }),
    ).metadata();
    expect(more.width).toBeGreaterThan(4 * 96);
  });

  it('says when there is no word to show', async () => {
    await expect(
      attentionPanel(picture, maps, words.slice(0, 1), { style: 'heat', scale: 'own' }),
    ).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
