import { expect, it } from 'vitest';
import { addToHistory, HISTORY_LENGTH, removeFromHistory } from '../../../../src/common/webview/promptHistory';
import { axis, testForm } from './forms';

const entry = (id: string, change = {}) => ({
  id,
  used: '2026-11-22T10:00:00Z',
  form: testForm(change),
  modelLabel: 'cat',
});

it('puts the newest first and keeps the last fifty', () => {
  let history = addToHistory([], entry('0', { prompt: '0' }));
  for (let i = 1; i < 60; i++) history = addToHistory(history, entry(String(i), { prompt: String(i) }));
  expect(history).toHaveLength(HISTORY_LENGTH);
  expect(history[0]!.id).toBe('59');
  expect(history.at(-1)!.id).toBe('10');
});

it('moves the same settings up instead of listing them twice', () => {
  const history = addToHistory([entry('b', { steps: 50 }), entry('a')], entry('c'));
  expect(history.map(({ id }) => id)).toEqual(['c', 'b']);
});

it('does not count what is compared, nor the order of the fields', () => {
  const reversed = Object.fromEntries(Object.entries(testForm()).reverse()) as ReturnType<typeof testForm>;
  const other = { ...entry('b'), form: { ...reversed, compare: { x: axis('steps', '1'), y: axis('none') } } };
  expect(addToHistory([entry('a')], other).map(({ id }) => id)).toEqual(['b']);
});

it('removes one', () => {
  expect(removeFromHistory([entry('a'), entry('b')], 'a').map(({ id }) => id)).toEqual(['b']);
});
