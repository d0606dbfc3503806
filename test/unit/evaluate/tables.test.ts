import { describe, expect, it } from 'vitest';
import { ConfusionMatrix } from '../../../native-runtime/evaluate/confusionMatrix';
import { markdownTable } from '../../../native-runtime/evaluate/markdownTable';

describe('markdownTable', () => {
  it('pads columns and puts numbers to the right', () => {
    expect(
      markdownTable(
        ['mode', 'n'],
        [
          ['crossattn', 48],
          ['self-crossattn-kv', 7],
        ],
      ),
    ).toBe(
      [
        '| mode              |   n |',
        '| ----------------- | --: |',
        '| crossattn         |  48 |',
        '| self-crossattn-kv |   7 |',
        '',
      ].join('\n'),
    );
  });

  it('keeps bars and line breaks of a prompt inside its cell', () => {
    expect(markdownTable(['prompt'], [['a|b\nc']])).toContain('| a\\|b c |');
  });

  it('refuses rows that do not fit', () => {
    expect(() => markdownTable(['a', 'b'], [['only one']])).toThrow(RangeError);
  });
});

describe('ConfusionMatrix', () => {
  const matrix = new ConfusionMatrix(['cat', 'dog'], ['cat', 'dog', 'nothing']);
  matrix.add('cat', 'cat');
  matrix.add('cat', 'cat');
  matrix.add('cat', 'dog');
  matrix.add('dog', 'nothing');

  it('counts, and knows what was right', () => {
    expect(matrix.count('cat', 'dog')).toBe(1);
    expect(matrix.recall('cat')).toMatchObject({ count: 2, total: 3 });
    expect(matrix.recall('dog')).toMatchObject({ count: 0, total: 1 });
    expect(matrix.accuracy()).toMatchObject({ count: 2, total: 4 });
  });

  it('becomes a table with a row for each truth', () => {
    const lines = matrix.toMarkdown().trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^\| cat +\| +2 \| +1 \| +0 \| 66\.7 % \|$/);
  });

  it('refuses classes nobody declared', () => {
    expect(() => matrix.add('cat', 'horse')).toThrow(RangeError);
    expect(() => matrix.add('nothing', 'cat')).toThrow(RangeError);
  });
});
