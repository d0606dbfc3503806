import { describe, expect, it } from 'vitest';
import { VERDICTS, verdictOf, type Expected, type Verdict } from '../../../native-runtime/evaluate/verdict';
import { reading } from './readings';

const expectedOf = (text: string): Expected[] =>
  text.split(' ').map((one) => {
    const [species = '', individual] = one.split(':');
    return individual ? { species, individual } : { species };
  });

const named = 'cat:mochi dog:comet';
const rows: [expected: string, found: string, verdict: Verdict][] = [
  ['cat dog', 'dog cat', 'success'],
  ['cat dog', 'cat:mochi dog~mochi', 'success'],
  ['cat dog', 'cat', 'missing'],
  ['cat dog', '', 'missing'],
  ['cat dog', 'cat bird', 'missing'],
  ['cat dog', 'rabbit bird', 'missing'],
  ['cat dog', 'cat cat', 'duplicate'],
  ['cat dog', 'dog dog bird', 'duplicate'],
  ['cat dog', 'cat unclear', 'mixed'],
  ['cat dog', 'unclear', 'mixed'],
  ['cat dog', 'cat cat unclear', 'mixed'],
  ['cat dog', 'cat dog unclear', 'extra'],
  ['cat dog', 'cat dog bird', 'extra'],
  ['cat dog', 'cat dog dog', 'extra'],
  ['cat', 'cat', 'success'],
  ['cat', 'cat cat', 'extra'],
  ['cat', 'dog', 'missing'],
  [named, 'dog:comet cat:mochi', 'success'],
  [named, 'cat:mochi dog', 'unrecognised'],
  [named, 'cat dog', 'unrecognised'],
  [named, 'cat:pixel dog:comet', 'unrecognised'],
  [named, 'cat~comet dog~mochi', 'swapped'],
  [named, 'cat~comet dog:comet', 'mixed'],
  [named, 'cat~comet dog', 'mixed'],
  [named, 'cat:mochi dog~mochi', 'mixed'],
  [named, 'cat:mochi dog:comet bird', 'extra'],
  [named, 'cat:mochi cat:mochi', 'duplicate'],
  [named, 'cat:mochi', 'missing'],
  ['cat:mochi dog', 'cat:mochi dog', 'success'],
  ['cat:mochi dog', 'cat dog~mochi', 'swapped'],
  ['cat:mochi cat:pixel', 'cat:pixel cat:mochi', 'success'],
  ['cat:mochi cat:pixel', 'cat:pixel cat:pixel', 'duplicate'],
  ['cat:mochi cat:pixel', 'cat:pixel cat', 'unrecognised'],
  ['cat:mochi cat', 'cat cat:mochi', 'success'],
];

describe('verdictOf', () => {
  it.each(rows)('asked for %s, found %s: %s', (expected, found, verdict) => {
    expect(verdictOf(reading(found), expectedOf(expected))).toBe(verdict);
  });

  it('does not depend on the order of either list', () => {
    for (const [expected, found, verdict] of rows) {
      const backwards = reading(found);
      backwards.detections.reverse();
      expect(verdictOf(backwards, expectedOf(expected).reverse()), `${expected} / ${found}`).toBe(verdict);
    }
  });

  it('has a case above for every verdict', () => {
    expect(new Set(rows.map(([, , verdict]) => verdict))).toEqual(new Set(VERDICTS));
  });
});
