import { describe, expect, it } from 'vitest';
import { formatProportion, proportionOf, wilsonInterval } from '../../../native-runtime/evaluate/wilson';

describe('wilsonInterval', () => {
  // The examples of Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is %f to %f', (count, total, low, high) => {
    const interval = wilsonInterval(count, total);
    expect(interval.rate).toBeCloseTo(count / total, 12);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('mirrors when failures are counted instead', () => {
    const [hits, misses] = [wilsonInterval(7, 48), wilsonInterval(41, 48)];
    expect(misses.low).toBeCloseTo(1 - hits.high, 12);
    expect(misses.high).toBeCloseTo(1 - hits.low, 12);
  });

  it('contains the rate and ends exactly at 0 and 1', () => {
    for (let count = 0; count <= 48; count++) {
      const { low, rate, high } = wilsonInterval(count, 48);
      expect(low).toBeLessThanOrEqual(rate);
      expect(high).toBeGreaterThanOrEqual(rate);
    }
    expect(wilsonInterval(0, 48).low).toBe(0);
    expect(wilsonInterval(48, 48).high).toBe(1);
  });

  it('knows nothing without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual({ count: 0, total: 0, rate: 0, low: 0, high: 1 });
    expect(formatProportion(wilsonInterval(0, 0))).toBe('none');
  });

  it.each([
    [5, 4],
    [-1, 4],
    [1.5, 4],
    [0, Number.NaN],
  ])('refuses %d of %d', (count, total) => {
    expect(() => wilsonInterval(count, total)).toThrow(RangeError);
  });

  it('is written for people', () => {
    const tens = proportionOf(
      Array.from({ length: 120 }, (_, i) => i),
      (i) => i < 100,
    );
    expect(formatProportion(tens)).toBe('83 % (76–89), 100/120');
  });
});
