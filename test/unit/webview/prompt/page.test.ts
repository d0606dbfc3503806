import { describe, expect, it } from 'vitest';
import { promptStrings } from '../../../../src/common/webview/promptStrings';
import { formProblems, planProblem } from '../../../../webview/prompt/formProblems';
import { chosenFacts, chosenModel, emptyState, receive } from '../../../../webview/prompt/state';
import { timeLeft } from '../../../../webview/prompt/timeLeft';
import { readNumber } from '../../../../webview/ui/readNumber';
import { testForm, testModels } from './forms';

const facts = { id: 'delta:/runs/cat', resolution: 64, sizeMultiple: 16, steps: 25, guidance: 4 };
const look = (change = {}) => formProblems(testForm(change), { hasModel: true, facts, strings: promptStrings });

describe('formProblems', () => {
  it('finds nothing in a good form', () => expect(look()).toEqual({}));
  it.each([
    [{ prompt: '  ' }, 'prompt'],
    [{ width: 72 }, 'width'],
    [{ height: 100 }, 'height'],
    [{ seedMode: 'list', seedList: '3-1' }, 'seeds'],
    [{ count: 0 }, 'seeds'],
  ])('finds the problem of %o', (change, field) => expect(Object.keys(look(change))).toEqual([field]));
  it('names the multiple', () => expect(look({ width: 72 }).width).toBe('Must be a multiple of 16'));
  it('misses a model that is gone', () =>
    expect(formProblems(testForm(), { hasModel: false, facts: undefined, strings: promptStrings }).model).toBeTruthy());
});

it('has a sentence for every problem of a plan', () => {
  const problems = ['empty', 'notNumber', 'outOfRange', 'backwards', 'tooMany', 'sameAxis', 'nothingChosen'] as const;
  for (const problem of [...problems, 'tooManySettings', 'noAxis'] as const)
    expect(planProblem({ axis: 'x', problem, at: '7' }, promptStrings)).toMatch(/\.$/);
});

describe('receive', () => {
  const start = receive(receive(emptyState, { type: 'models', models: testModels }), {
    type: 'form',
    form: testForm(),
  });
  it('merges what the host changes into what was typed', () => {
    const next = receive(start, { type: 'form', form: { width: 512 } });
    expect(next.form).toEqual(testForm({ width: 512 }));
  });
  it('does not use the facts of another model', () => {
    const known = receive(start, { type: 'facts', facts });
    expect(chosenFacts(known)).toEqual(facts);
    expect(chosenFacts(receive(known, { type: 'form', form: { model: 'base:pocket' } }))).toBeUndefined();
  });
  it('knows when the chosen model is gone', () => {
    expect(chosenModel(start)?.label).toBe('cat');
    expect(chosenModel(receive(start, { type: 'models', models: [] }))).toBeUndefined();
  });
  it('forgets a problem that is over', () => {
    const failed = receive(start, { type: 'facts', problem: 'gone' });
    expect(failed.factsProblem).toBe('gone');
    expect(receive(failed, { type: 'facts', facts }).factsProblem).toBeUndefined();
  });
});

it.each([
  [0.2, 'about 1 s left'],
  [17.4, 'about 17 s left'],
  [43, 'about 45 s left'],
  [100, 'about 2 min left'],
])('%d seconds are "%s"', (seconds, text) => expect(timeLeft(seconds, promptStrings)).toBe(text));

it.each([
  ['4', 4],
  ['4.', 4],
  ['0,5', 0.5],
  ['-1', undefined],
  ['101', undefined],
  ['', undefined],
  ['1e1', undefined],
])('a field of 0 to 100 reads %j as %j', (text, value) =>
  expect(readNumber(text, { min: 0, max: 100, whole: false })).toBe(value),
);
