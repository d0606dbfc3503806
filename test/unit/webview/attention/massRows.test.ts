import { expect, test } from 'vitest';
import { massCsv, massRows, nextSort, percent, sortRows } from '../../../../webview/attention/massRows';
import { targetGroups } from '../../../../webview/attention/targets';

const maps = { tokens: 3, height: 1, width: 2, data: Float32Array.of(0.5, 0.5, 0.25, 0.125, 0.125, 0.125) };
const words = ['b', 'a', 'c'].map((text, i) => ({ text, positions: [i], isModifier: i === 1, isSpecial: false }));
const rows = massRows(
  maps,
  targetGroups(words).map(({ word }) => word),
);

test('mean and peak of each word', () => {
  expect(rows.map(({ mass, peak }) => [mass, peak])).toEqual([
    [0.5, 0.5],
    [0.1875, 0.25],
    [0.125, 0.125],
  ]);
});

test.each([
  ['order', false, 'bac'],
  ['order', true, 'cab'],
  ['text', false, 'abc'],
  ['mass', true, 'bac'],
  ['mass', false, 'cab'],
  ['peak', false, 'cab'],
  ['positions', true, 'cab'],
] as const)('sorted by %s, descending %s', (column, descending, expected) => {
  expect(
    sortRows(rows, { column, descending })
      .map(({ text }) => text)
      .join(''),
  ).toBe(expected);
});

test('numbers start with the largest; a second click turns round', () => {
  const first = nextSort({ column: 'order', descending: false }, 'mass');
  expect(first).toEqual({ column: 'mass', descending: true });
  expect(nextSort(first, 'mass').descending).toBe(false);
  expect(nextSort(first, 'text')).toEqual({ column: 'text', descending: false });
});

test('the table as CSV: full precision, quotes, no formulas', () => {
  const strange = [{ ...rows[0]!, text: '=SUM("x",1)' }];
  const lines = massCsv(strange, 'mean').split('\r\n');
  expect(lines[0]).toBe('word,positions,learned,mean_probability,peak_probability,maps');
  expect(lines[1]).toBe(`"'=SUM(""x"",1)",0,no,0.5,0.5,mean`);
  expect(lines[2]).toBe('');
});

test('percent', () => {
  expect([percent(0.1234), percent(0.00123)]).toEqual(['12.3 %', '0.12 %']);
});
