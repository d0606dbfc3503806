import { describe, expect, it } from 'vitest';
import { smooth } from '../../../../webview/run/smoothing';

describe('smoothing', () => {
  it('leaves a constant constant from its first value on', () => {
    for (const value of smooth(new Float64Array(50).fill(3), 0.95)) expect(value).toBeCloseTo(3, 12);
  });

  it('is the exponentially weighted mean of all values so far', () => {
    const [, , third] = smooth(Float64Array.of(1, 2, 4), 0.5);
    expect(third).toBeCloseTo((4 * 1 + 2 * 0.5 + 1 * 0.25) / 1.75, 12);
  });

  it('changes nothing with weight 0', () => {
    expect(smooth(Float64Array.of(5, -1, 7), 0)).toEqual(Float64Array.of(5, -1, 7));
  });

  it('passes over what is not there', () => {
    const smoothed = smooth(Float64Array.of(1, NaN, 1, Infinity), 0.9);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBeCloseTo(1, 12);
    expect(smoothed[3]).toBeNaN();
  });
});
