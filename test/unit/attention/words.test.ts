import { describe, expect, it } from 'vitest';
import type { AttentionMaps } from '../../../native-runtime/attention/aggregate';
import { massTable, overlap, wordMaps, type WordGroup } from '../../../src/common/attention/words';

const maps: AttentionMaps = {
  tokens: 4,
  height: 1,
  width: 2,
  data: Float32Array.from([0.9, 0.7, 0.02, 0.04, 0.06, 0.08, 0, 0]),
};
const word = (text: string, ...positions: number[]): WordGroup => ({
  text,
  positions,
  isModifier: text.startsWith('<'),
});
const map = (...values: number[]) => ({ data: Float32Array.from(values) });

describe('maps of words', () => {
  it('are the mean over the pieces', () => {
    const [whole, piece] = wordMaps(maps, [word('labradoodle', 1, 2), word('<new1>', 2)]);
    whole!.data.forEach((value, i) => expect(value).toBeCloseTo([0.04, 0.06][i]!, 6));
    expect(piece!.data).toEqual(Float32Array.from([0.06, 0.08]));
    expect([whole!.height, whole!.width]).toEqual([1, 2]);
  });

  it('have the mean probability as their mass', () => {
    const [start, whole] = massTable(maps, [word('start', 0), word('labradoodle', 1, 2)]);
    expect(start!.mass).toBeCloseTo(0.8, 6);
    expect(whole!.mass).toBeCloseTo(0.05, 6);
    expect(whole!.pieces.map((p) => [p.position, Number(p.mass.toFixed(6))])).toEqual([
      [1, 0.03],
      [2, 0.07],
    ]);
  });

  it.each([[[]], [[4]], [[-1]], [[1.5]]])('a word at positions %j is refused by name', (positions) => {
    expect(() => wordMaps(maps, [word('cat', ...positions)])).toThrow(
      expect.objectContaining({ code: 'bad-token', where: 'cat' }),
    );
    expect(() => massTable(maps, [word('cat', ...positions)])).toThrow(expect.objectContaining({ code: 'bad-token' }));
  });
});

describe('overlap of two words', () => {
  it.each([
    ['identical maps', map(1, 2, 3), map(1, 2, 3), 1],
    ['maps that differ by a factor', map(1, 2, 3), map(10, 20, 30), 1],
    ['disjoint maps', map(1, 2, 0, 0), map(0, 0, 5, 1), 0],
    ['half of the mass shared', map(1, 1, 0), map(0, 1, 1), 1 / 3],
    ['a map of zeros', map(0, 0, 0), map(0, 1, 1), 0],
  ])('%s', (_, a, b, expected) => {
    expect(overlap(a, b)).toBeCloseTo(expected, 6);
    expect(overlap(b, a)).toBe(overlap(a, b));
  });

  it('refuses maps of different sizes', () => {
    expect(() => overlap(map(1), map(1, 2))).toThrow(/size/);
  });
});
