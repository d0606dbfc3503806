import { describe, expect, it } from 'vitest';
import { chipsOf } from '../../../../webview/prompt/chips';
import { colourSpans, TOKEN_COLOURS, tokenColour } from '../../../../webview/prompt/colourSpans';

const known = ['<new1>', '<new2>'];
const join = (prompt: string, cut?: string) =>
  colourSpans(prompt, known, cut).map(({ text, kind, colour }) =>
    [kind, text, colour].filter((part) => part !== undefined),
  );

describe('colourSpans', () => {
  it('marks learned and unknown tokens', () => {
    expect(join('a <new2> dog, <NEW1> and <x>')).toEqual([
      ['plain', 'a '],
      ['token', '<new2>', 1],
      ['plain', ' dog, '],
      ['token', '<NEW1>', 0],
      ['plain', ' and '],
      ['unknown', '<x>'],
    ]);
  });
  it('marks what is cut off, tokens within it included', () => {
    expect(join('a cat, a <new1> dog', ', a <new1> dog')).toEqual([
      ['plain', 'a cat'],
      ['cut', ', a <new1> dog'],
    ]);
    expect(join('a cat on grass  ', 'on grass')).toEqual([
      ['plain', 'a cat '],
      ['cut', 'on grass  '],
    ]);
  });
  it('does not mark a cut of another text', () => expect(join('a cat', 'dog')).toEqual([['plain', 'a cat']]));
  it.each(['', 'a < b > c', '<new1>', 'x\n<new1>\n', '<<new1>>'])('keeps every character of %j', (prompt) =>
    expect(
      colourSpans(prompt, known)
        .map(({ text }) => text)
        .join(''),
    ).toBe(prompt),
  );
});

it('gives tokens the colours again when there are more than colours', () => {
  const many = Array.from({ length: TOKEN_COLOURS + 1 }, (_, i) => `<t${i}>`);
  expect(tokenColour('<t6>', many)).toBe(tokenColour('<t0>', many));
  expect(tokenColour('<y>', many)).toBeUndefined();
});

it('groups the tokens of a word in one chip, coloured as in the text', () => {
  const tokens = [
    { text: 'unbelievable', positions: [1, 2, 3], isModifier: false },
    { text: '<new2>', positions: [4], isModifier: true },
    { text: 'lost', positions: [], isModifier: false },
  ];
  expect(chipsOf({ tokens, count: 6, positions: 77, cut: '', warnings: [] }, known)).toEqual([
    { text: 'unbelievable', first: 1, last: 3, count: 3 },
    { text: '<new2>', first: 4, last: 4, count: 1, colour: 1 },
  ]);
});
