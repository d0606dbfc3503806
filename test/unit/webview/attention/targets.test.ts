import { describe, expect, test } from 'vitest';
import { allTargets, hasMap, targetGroups } from '../../../../webview/attention/targets';
import { knownPins, shownIds, togglePin } from '../../../../webview/attention/pins';

const word = (text: string, positions: number[], marks: { isModifier?: boolean; isSpecial?: boolean } = {}) => ({
  text,
  positions,
  isModifier: false,
  isSpecial: false,
  ...marks,
});

const words = [
  word('start', [0], { isSpecial: true }),
  word('a', [1]),
  word('<new1>', [2], { isModifier: true }),
  word('labradoodle', [3, 4, 5]),
  word('<new2>', [6], { isModifier: true }),
  word('.', [7]),
  word('padding', [8, 9, 10], { isSpecial: true }),
];

describe('chips of a prompt', () => {
  const groups = targetGroups(words);

  test('pieces are grouped under their word, and padding has none', () => {
    expect(groups[3]!.pieces.map(({ positions }) => positions)).toEqual([[3], [4], [5]]);
    expect(groups[3]!.pieces[1]!.piece).toEqual({ index: 2, of: 3 });
    expect(groups[1]!.pieces).toEqual([]);
    expect(groups[6]!.pieces).toEqual([]);
  });

  test('a learned token and the noun after it are one subject; punctuation is no noun', () => {
    expect(groups[2]!.concept).toMatchObject({ text: '<new1> labradoodle', positions: [2, 3, 4, 5] });
    expect(groups[4]!.concept).toBeUndefined();
    expect(groups[1]!.concept).toBeUndefined();
  });

  test('start and padding are left out unless asked for', () => {
    const texts = (all: boolean) => allTargets(groups, all).map(({ text }) => text);
    expect(texts(false)).not.toContain('padding');
    expect(texts(true)).toContain('padding');
    expect(new Set(allTargets(groups, true).map(({ id }) => id)).size).toBe(allTargets(groups, true).length);
  });

  test('a word beyond the kept maps has none', () => {
    const maps = { tokens: 5, height: 1, width: 1, data: new Float32Array(5) };
    expect(hasMap(groups[2]!.word, maps)).toBe(true);
    expect(hasMap(groups[3]!.word, maps)).toBe(false);
  });
});

describe('pins', () => {
  test('a click pins, a second click unpins', () => {
    expect(togglePin([], 'a')).toEqual(['a']);
    expect(togglePin(['a', 'b'], 'a')).toEqual(['b']);
  });

  test('a third word takes the place of the first', () => {
    expect(togglePin(['a', 'b'], 'c')).toEqual(['b', 'c']);
  });

  test('pins of another prompt are forgotten', () => {
    expect(knownPins(['a', 'x'], [{ id: 'a' }])).toEqual(['a']);
  });

  test('peeking shows one word alone and leaves the pins', () => {
    expect(shownIds(['a', 'b'], 'c')).toEqual(['c']);
    expect(shownIds(['a', 'b'], undefined)).toEqual(['a', 'b']);
  });
});
