import { describe, expect, it } from 'vitest';
import { formSeeds, parseNumbers, parseSeeds, seedText } from '../../../../src/common/webview/promptSeeds';

describe('parseSeeds', () => {
  it.each([
    ['7', [7]],
    ['1-4, 9', [1, 2, 3, 4, 9]],
    [' 3 , 1;2 ', [3, 1, 2]],
    ['1 - 3 5', [1, 2, 3, 5]],
    ['1–3', [1, 2, 3]],
    ['2, 1-3', [2, 1, 3]],
    ['0', [0]],
    ['9007199254740991', [Number.MAX_SAFE_INTEGER]],
  ])('reads %j', (text, values) => expect(parseSeeds(text)).toEqual({ values }));

  it.each([
    ['', 'empty', ''],
    [' , ', 'empty', ''],
    ['1, cat', 'notNumber', 'cat'],
    ['1.5', 'notNumber', '1.5'],
    ['-3', 'notNumber', '-3'],
    ['4-1', 'backwards', '4-1'],
    ['9007199254740993', 'outOfRange', '9007199254740993'],
    ['1-1001', 'tooMany', '1-1001'],
    ['0-99999999999', 'tooMany', '0-99999999999'],
    ['1-1000, 2000', 'tooMany', '2000'],
  ])('refuses %j', (text, problem, at) => expect(parseSeeds(text)).toEqual({ problem, at }));

  it('takes exactly as many as the runtime does', () => {
    expect(parseSeeds('1-1000')).toMatchObject({ values: { length: 1000 } });
  });
});

describe('parseNumbers', () => {
  const limits = { min: 0, max: 1.5, whole: false, most: 3 };
  it.each([
    ['0, 0.5, 1', { values: [0, 0.5, 1] }],
    ['.5 1', { values: [0.5, 1] }],
    ['2', { problem: 'outOfRange', at: '2' }],
    ['-0.5', { problem: 'outOfRange', at: '-0.5' }],
    ['0-1', { problem: 'notNumber', at: '0-1' }],
    ['0 0.1 0.2 0.3', { problem: 'tooMany', at: '0.3' }],
  ])('reads %j', (text, result) => expect(parseNumbers(text, limits)).toEqual(result));
});

describe('formSeeds', () => {
  const form = { seedMode: 'count', count: 3, firstSeed: 5, seedList: '8, 9' } as const;
  it('counts up or reads the list', () => {
    expect(formSeeds(form)).toEqual({ values: [5, 6, 7] });
    expect(formSeeds({ ...form, seedMode: 'list' })).toEqual({ values: [8, 9] });
  });
  it.each([
    { ...form, count: 0 },
    { ...form, count: 1001 },
    { ...form, count: 1.5 },
    { ...form, firstSeed: -1 },
    { ...form, firstSeed: Number.MAX_SAFE_INTEGER },
  ])('refuses %o', (bad) => expect(formSeeds(bad)).toHaveProperty('problem', 'outOfRange'));
});

it('writes seeds as short as they can be read', () => {
  expect(seedText([1, 2, 3, 4, 9])).toBe('1-4, 9');
  expect(seedText([5, 4, 7, 8])).toBe('5, 4, 7-8');
  expect(parseSeeds(seedText([3, 1, 2, 9, 10]))).toEqual({ values: [3, 1, 2, 9, 10] });
});
