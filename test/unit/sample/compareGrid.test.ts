import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { compareGrid, pictureSheet } from '../../../native-runtime/sample/compareGrid';
import { plainPrompt } from '../../../native-runtime/sample/plainPrompt';

const coloured = (seed: number, colour: readonly number[]) => ({
  seed,
  image: { width: 32, height: 32, data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => colour[i % 3]!) },
});
const RED = [230, 20, 30];
const BLUE = [20, 40, 220];

/** Mean position of the pixels of exactly this colour, and their number. */
async function centreOf(png: Buffer, colour: readonly number[]) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < info.width * info.height; i++) {
    if (colour.some((value, c) => data[3 * i + c] !== value)) continue;
    x += i % info.width;
    y += Math.floor(i / info.width);
    count++;
  }
  return { x: x / count, y: y / count, count };
}

describe('a grid of two models', () => {
  it('has a row for each and a column for each seed, whatever the order they came in', async () => {
    const base = { label: 'before', pictures: [coloured(1, RED), coloured(2, [0, 0, 0])] };
    const tuned = { label: 'after', pictures: [coloured(2, [0, 0, 0]), coloured(1, BLUE)] };
    const grid = await compareGrid([base, tuned], { title: 'photo of a cat', cellSide: 32 });
    const [red, blue] = [await centreOf(grid, RED), await centreOf(grid, BLUE)];
    expect([red.count, blue.count]).toEqual([32 * 32, 32 * 32]);
    expect(blue.x).toBe(red.x);
    expect(blue.y).toBeGreaterThan(red.y + 32);
  });

  it('leaves a plate where a model has no picture of a seed', async () => {
    const variants = [
      { label: 'before', pictures: [coloured(1, RED)] },
      { label: 'after', pictures: [coloured(2, BLUE)] },
    ];
    const grid = await compareGrid(variants);
    expect((await centreOf(grid, BLUE)).x).toBeGreaterThan((await centreOf(grid, RED)).x);
  });

  it('without pictures is refused', async () => {
    await expect(compareGrid([{ label: 'before', pictures: [] }])).rejects.toMatchObject({ code: 'bad-input' });
    await expect(pictureSheet([])).rejects.toMatchObject({ code: 'bad-input' });
  });
});

it('a sheet of five pictures has three in a row, each with its seed below', async () => {
  const colours = [RED, [0, 0, 0], [9, 9, 9], BLUE, [5, 5, 5]];
  const sheet = await pictureSheet(
    colours.map((colour, seed) => coloured(seed, colour)),
    { cellSide: 32 },
  );
  const [first, fourth] = [await centreOf(sheet, RED), await centreOf(sheet, BLUE)];
  expect(fourth.x).toBe(first.x);
  expect(fourth.y).toBeGreaterThan(first.y + 32);
});

it.each([
  ['photo of a <new1> cat', 'photo of a cat'],
  ['the <NEW2> dog, and the <new1> cat', 'the dog, and the cat'],
  ['<new10> and <new1>', 'and'],
  ['a cat', 'a cat'],
])('%j without learned tokens is %j', (prompt, plain) => {
  expect(plainPrompt(prompt, ['<new1>', '<new2>', '<new10>'])).toBe(plain);
});
