import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../../../src/common/webview/runEta';
import { formatBytes, formatDuration, formatLoss, formatRate } from '../../../../src/common/webview/runNumbers';

describe('numbers of a run', () => {
  it.each<[number | null | undefined, string]>([
    [0.0834, '0.083'],
    [1.5449, '1.545'],
    [0.000024, '2.4e-5'],
    [123.456, '123.5'],
    [0, '0'],
    [null, '–'],
    [NaN, '–'],
    [undefined, '–'],
  ])('loss %s is %s', (value, text) => expect(formatLoss(value)).toBe(text));

  it.each([
    [0.00001, '1e-5'],
    [0.00042, '4.2e-4'],
    [0.001, '0.001'],
    [0.0012345, '0.00123'],
    [0, '0'],
    [NaN, '–'],
  ])('rate %s is %s', (value, text) => expect(formatRate(value)).toBe(text));

  it.each([
    [0.4, '0 s'],
    [45, '45 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [3900, '1 h 5 min'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [512, '512 B'],
    [295_000_000, '295 MB'],
    [3_240_000_000, '3.2 GB'],
    [12_500_000_000, '13 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('time left', () => {
  it('comes from the median of the recent steps', () => {
    const slowStart = [60, ...new Array<number>(30).fill(2)];
    expect(secondsLeft(slowStart, 100, 800)).toBe(1400);
    expect(secondsLeft([1, 1, 50, 2], 4, 10)).toBe(9);
  });

  it('is unknown before the first step and nothing after the last', () => {
    expect(secondsLeft([], 0, 800)).toBeUndefined();
    expect(secondsLeft([1], 800, 800)).toBe(0);
    expect(secondsLeft([1], 900, 800)).toBe(0);
  });
});
