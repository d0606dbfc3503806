import { describe, expect, it } from 'vitest';
import {
  oneOf,
  parseList,
  parseSampler,
  parseSeeds,
  parseSize,
  realNumber,
  wholeNumber,
} from '../../../native-runtime/cli/arguments';

describe('seeds', () => {
  it.each([
    ['7', [7]],
    ['1-4', [1, 2, 3, 4]],
    ['5, 1-3 ,2', [5, 1, 2, 3]],
    ['0', [0]],
  ])('%s', (text, seeds) => expect(parseSeeds(text)).toEqual(seeds));

  it.each(['', '4-1', '1..4', '-1', '1,', '1.5', 'x', '0-100000', '99999999999999999999'])('refuses "%s"', (text) =>
    expect(() => parseSeeds(text)).toThrow(/seeds/),
  );
});

describe('sizes', () => {
  it.each([
    ['64', { width: 64, height: 64 }],
    ['512x768', { width: 512, height: 768 }],
    ['512 × 768', { width: 512, height: 768 }],
  ])('%s', (text, size) => expect(parseSize(text)).toEqual(size));

  it.each(['', 'x64', '64x', '-64', '6.4', '64x64x3'])('refuses "%s"', (text) =>
    expect(() => parseSize(text)).toThrow(),
  );
});

describe('numbers and names', () => {
  it('takes whole numbers within bounds', () => {
    expect(wholeNumber(1, 9)('9')).toBe(9);
    for (const text of ['0', '10', '1.0', '1e0', '', ' ', 'NaN', '0x5'])
      expect(() => wholeNumber(1, 9)(text)).toThrow(/from 1 to 9/);
  });

  it('takes real numbers within bounds', () => {
    expect(realNumber(-1, 1)('-0.5')).toBe(-0.5);
    for (const text of ['1.01', 'Infinity', 'NaN', '', 'a'])
      expect(() => realNumber(-1, 1)(text)).toThrow(/from -1 to 1/);
  });

  it('takes samplers by name or title', () => {
    expect(parseSampler('dpmpp-2m-karras')).toBe('dpmpp-2m-karras');
    expect(parseSampler('DPM++ 2M Karras')).toBe('dpmpp-2m-karras');
    expect(() => parseSampler('heun')).toThrow('ddim, pndm');
  });

  it('takes names from a list, and lists', () => {
    expect(oneOf(['a', 'b'])('b')).toBe('b');
    expect(() => oneOf(['a', 'b'])('c')).toThrow('a, b');
    expect(parseList(' a,, b ')).toEqual(['a', 'b']);
    expect(() => parseList(' , ')).toThrow();
  });
});
