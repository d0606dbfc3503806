import { describe, expect, it } from 'vitest';
import { backgroundRate, presenceRates } from '../../../native-runtime/evaluate/presence';
import { reading } from './readings';

const readings = [
  reading('cat:mochi dog:comet', 'snow'),
  reading('cat dog:comet', 'snow'),
  reading('cat:mochi cat:mochi'),
  reading('dog'),
  reading('cat~comet dog~mochi', 'unclear'),
  reading('cat:mochi dog:comet bird', 'snow'),
];
const expected = [
  { species: 'cat', individual: 'mochi' },
  { species: 'dog', individual: 'comet' },
];

describe('presenceRates', () => {
  const rates = presenceRates(readings, expected);

  it('counts species and individuals, each for itself', () => {
    expect(rates.species.map(({ count }) => count)).toEqual([5, 5]);
    expect(rates.individuals.map(({ count }) => count)).toEqual([3, 3]);
  });

  it('counts pictures with every species, and those that are right in every way', () => {
    expect(rates.all.count).toBe(4);
    expect(rates.strict.count).toBe(1);
  });

  it('gives every picture one verdict', () => {
    const counts = Object.fromEntries(Object.entries(rates.verdicts).map(([name, { count }]) => [name, count]));
    expect(counts).toEqual({
      success: 1,
      swapped: 1,
      duplicate: 1,
      missing: 1,
      mixed: 0,
      extra: 1,
      unrecognised: 1,
    });
  });

  it('asks for two of a kind when two are expected', () => {
    const twoCats = presenceRates(readings, [{ species: 'cat' }, { species: 'cat' }]);
    expect(twoCats.species.map(({ count }) => count)).toEqual([1, 1]);
    expect(twoCats.strict.count).toBe(1);
  });

  it('counts backgrounds', () => {
    expect(backgroundRate(readings, 'snow').count).toBe(3);
    expect(backgroundRate(readings, 'grass').count).toBe(2);
  });
});
