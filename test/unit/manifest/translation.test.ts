import { afterEach, expect, it } from 'vitest';
import { l10n, translateBy } from '../../../src/translation';
import { describeExit } from '../../../src/worker/exitWords';

const english = (text: string, ...values: (string | number)[]) =>
  text.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
afterEach(() => translateBy(english));

it('fills in values, and leaves braces that stand for none', () => {
  expect(l10n.t('{1} of {0}, {2} {x}', 3, 'two')).toBe('two of 3, {2} {x}');
});

it('is the language of the editor from the moment it is known', () => {
  translateBy((text) => text.toUpperCase());
  const exit = { code: 1, signal: null, underElectron: false, intended: false, output: [] };
  expect(describeExit(exit)).toMatchObject({
    problem: 'THE RUNTIME ENDED WITH EXIT CODE {0}',
    remedy: 'THE LOG SAYS MORE; THE NEXT USE STARTS IT AGAIN',
  });
});
