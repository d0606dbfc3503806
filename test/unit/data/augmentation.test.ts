import { describe, expect, it } from 'vitest';
import { applyAugmentation, centreSquare, drawAugmentation } from '../../../native-runtime/data/augmentation';
import type { RgbImage } from '../../../native-runtime/data/images';

const draws = (size: number, count: number) =>
  Array.from({ length: count }, (_, i) => drawAugmentation(7, 0, i % 5, Math.floor(i / 5), size));

/** Red to the right, green downwards; blue tells the left half from the right. */
function gradient(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([(255 * x) / (width - 1), (255 * y) / (height - 1), x < width / 2 ? 0 : 255], 3 * (y * width + x));
  return { width, height, data };
}

describe('draws', () => {
  it('fall into the three bands as often as the method says, at 512 px', () => {
    const all = draws(512, 6000);
    const share = (band: string) => all.filter((d) => d.band === band).length / all.length;
    expect(share('small')).toBeCloseTo(0.266, 1);
    expect(Math.abs(share('plain') - 0.4)).toBeLessThan(0.02);
    expect(Math.abs(share('zoom') - 1 / 3)).toBeLessThan(0.02);
    expect(Math.abs(all.filter(({ flip }) => flip).length / all.length - 0.5)).toBeLessThan(0.02);
    for (const { band, scale, prefix } of all) {
      expect(scale % 2).toBe(0);
      if (band === 'small') expect(scale >= 170 && scale < 308).toBe(true);
      if (band === 'plain') expect([scale, prefix]).toEqual([512, '']);
      if (band === 'zoom') expect(scale >= 614 && scale <= 716).toBe(true);
    }
    expect([...new Set(all.map(({ prefix }) => prefix))].sort()).toEqual(
      ['', 'a far away ', 'close up ', 'very small ', 'zoomed in '].sort(),
    );
  });

  it.each([64, 96, 512])('keep the smaller square inside the larger one at %i px, and reach its edges', (size) => {
    const edges = new Set<string>();
    for (const { band, scale, centreX, centreY } of draws(size, 3000)) {
      const [inner, outer] = band === 'zoom' ? [size, scale] : [scale, size];
      for (const centre of [centreX, centreY]) {
        expect(Number.isInteger(centre)).toBe(true);
        expect(centre - inner / 2).toBeGreaterThanOrEqual(0);
        expect(centre + inner / 2).toBeLessThanOrEqual(outer);
        if (centre === inner / 2) edges.add(`${band} low`);
        if (centre === outer - inner / 2) edges.add(`${band} high`);
      }
    }
    expect(edges).toContain('zoom low');
    expect(edges).toContain('zoom high');
  });

  it('depend on the arguments alone', () => {
    expect(drawAugmentation(1, 0, 2, 3, 64)).toEqual(drawAugmentation(1, 0, 2, 3, 64));
    const distinct = [
      drawAugmentation(1, 1, 2, 3, 512),
      drawAugmentation(1, 0, 3, 3, 512),
      drawAugmentation(2, 0, 2, 3, 512),
    ];
    for (const other of distinct) expect(other).not.toEqual(drawAugmentation(1, 0, 2, 3, 512));
  });

  it('can be switched off', () => {
    for (let i = 0; i < 20; i++)
      expect(drawAugmentation(1, 0, 0, i, 64, { enabled: false, flip: false })).toMatchObject({
        band: 'plain',
        flip: false,
        prefix: '',
      });
  });
});

describe('views', () => {
  const at = (pixels: Float32Array, size: number, c: number, y: number, x: number) =>
    pixels[(c * size + y) * size + x]!;

  it('places a small picture on grey and masks the cells wholly inside it', async () => {
    const parameters = {
      band: 'small',
      scale: 32,
      centreX: 20,
      centreY: 40,
      flip: false,
      prefix: 'very small ',
    } as const;
    const { pixels, mask, prefix } = await applyAugmentation(gradient(100, 100), parameters, 64, 4);
    expect(prefix).toBe('very small ');
    // The picture covers x 4 … 35 and y 24 … 55.
    expect([at(pixels, 64, 0, 30, 3), at(pixels, 64, 0, 23, 20), at(pixels, 64, 0, 56, 20)]).toEqual([0, 0, 0]);
    expect(at(pixels, 64, 0, 30, 4)).toBeLessThan(-0.9);
    expect(at(pixels, 64, 0, 30, 35)).toBeGreaterThan(0.9);
    expect(at(pixels, 64, 1, 24, 20)).toBeLessThan(-0.9);
    expect(at(pixels, 64, 1, 55, 20)).toBeGreaterThan(0.9);
    // Cells x 2 … 7 and y 7 … 12.
    const rows = Array.from({ length: 16 }, (_, y) => [...mask.subarray(16 * y, 16 * y + 16)].join(''));
    const row = '0011111100000000';
    expect(rows).toEqual(Array.from({ length: 16 }, (_, y) => (y >= 7 && y < 13 ? row : '0'.repeat(16))));
  });

  it('crops an enlarged picture at its centre', async () => {
    const parameters = { band: 'zoom', scale: 80, centreX: 48, centreY: 32, flip: false, prefix: 'close up ' } as const;
    const { pixels, mask } = await applyAugmentation(gradient(100, 100), parameters, 64, 4);
    expect(Math.abs((at(pixels, 64, 0, 10, 0) + 1) / 2 - 16 / 80)).toBeLessThan(0.02);
    expect(at(pixels, 64, 0, 10, 63)).toBeGreaterThan(0.97);
    expect(at(pixels, 64, 1, 0, 10)).toBeLessThan(-0.97);
    expect(mask.every((v) => v === 1)).toBe(true);
  });

  it('crops to the middle square and never squashes', async () => {
    const pixels = await centreSquare(gradient(200, 100), 50);
    expect(Math.abs((at(pixels, 50, 0, 25, 0) + 1) / 2 - 0.25)).toBeLessThan(0.02);
    expect(Math.abs((at(pixels, 50, 0, 25, 49) + 1) / 2 - 0.75)).toBeLessThan(0.02);
    expect(at(pixels, 50, 1, 0, 25)).toBeLessThan(-0.95);
  });

  it('mirrors', async () => {
    const [straight, mirrored] = [
      await centreSquare(gradient(64, 64), 32),
      await centreSquare(gradient(64, 64), 32, true),
    ];
    for (let x = 0; x < 32; x++)
      expect(Math.abs(at(straight, 32, 0, 9, x) - at(mirrored, 32, 0, 9, 31 - x))).toBeLessThan(0.02);
  });

  it('keeps pixels within -1 and 1, exact where nothing is resized', async () => {
    const image = gradient(64, 64);
    const pixels = await centreSquare(image, 64);
    expect(at(pixels, 64, 2, 5, 5)).toBe(-1);
    expect(at(pixels, 64, 2, 5, 60)).toBe(1);
    expect(at(pixels, 64, 0, 7, 31)).toBe(Math.fround(image.data[3 * (7 * 64 + 31)]! / 127.5 - 1));
  });

  it('C20 the mask is never empty, at any size and factor', async () => {
    const image = gradient(40, 40);
    for (const [size, factor] of [
      [64, 8],
      [64, 4],
      [32, 8],
      [16, 8],
      [512, 8],
    ] as const)
      for (let i = 0; i < (size > 100 ? 10 : 60); i++) {
        const { mask, pixels } = await applyAugmentation(image, drawAugmentation(3, 0, 0, i, size), size, factor);
        expect(mask.length).toBe((size / factor) ** 2);
        expect(mask.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(1);
        expect(pixels.every((v) => v >= -1 && v <= 1)).toBe(true);
      }
  });

  it('C20 the smallest view at 64 px keeps the cell at its centre', async () => {
    const parameters = { band: 'small', scale: 22, centreX: 11, centreY: 53, flip: false, prefix: '' } as const;
    const { mask } = await applyAugmentation(gradient(40, 40), parameters, 64, 8);
    expect([...mask.entries()].filter(([, v]) => v === 1).map(([i]) => i)).toEqual([6 * 8 + 1]);
  });
});
