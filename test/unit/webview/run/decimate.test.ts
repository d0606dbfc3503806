import { describe, expect, it } from 'vitest';
import { decimate } from '../../../../webview/run/decimate';

const sharp = (values: Float64Array) => ({ values, isSmooth: false });
const steps = (count: number) => Float64Array.from({ length: count }, (_, i) => i + 1);

describe('decimation', () => {
  it('draws few points as they are, with one beyond either end of the range', () => {
    const x = steps(10);
    const { x: drawn, lines } = decimate(x, [sharp(x.map((v) => v * 2))], { min: 3.5, max: 6 }, 100);
    expect(drawn).toEqual([3, 4, 5, 6, 7]);
    expect(lines).toEqual([[6, 8, 10, 12, 14]]);
  });

  it('thins 10,000 points to at most two for each pixel', () => {
    const x = steps(10_000);
    const { x: drawn } = decimate(x, [sharp(x)], { min: 1, max: 10_000 }, 800);
    expect(drawn.length).toBeLessThanOrEqual(1600);
    expect(drawn.length).toBeGreaterThan(1500);
    expect(drawn[0]).toBe(1);
    expect(drawn.at(-1)).toBe(10_000);
    expect(drawn.every((v, i) => i === 0 || v > drawn[i - 1]!)).toBe(true);
  });

  it('loses no spike, wherever it is', () => {
    const x = steps(10_000);
    for (const at of [0, 1, 17, 4999, 9998, 9999]) {
      const line = new Float64Array(10_000).fill(1);
      line[at] = 50;
      const dip = new Float64Array(10_000).fill(1);
      dip[at] = -50;
      const { lines } = decimate(x, [sharp(line), sharp(dip)], { min: 1, max: 10_000 }, 300);
      expect(Math.max(...lines[0]!.map(Number)), `spike at ${at}`).toBe(50);
      expect(Math.min(...lines[1]!.map(Number)), `dip at ${at}`).toBe(-50);
    }
  });

  it('keeps the smallest and largest of a column in their order', () => {
    const x = steps(40);
    const falling = x.map((v) => -v);
    const { lines } = decimate(x, [sharp(x), sharp(falling)], { min: 1, max: 40 }, 4);
    expect(lines[0]!.slice(0, 2)).toEqual([1, 10]);
    expect(lines[1]!.slice(0, 2)).toEqual([-1, -10]);
  });

  it('leaves out values that are not there and marks columns without any', () => {
    const x = steps(40);
    const line = Float64Array.from(x, (v) => (v <= 10 || v === 15 ? NaN : v));
    const { lines } = decimate(x, [sharp(line)], { min: 1, max: 40 }, 4);
    expect(lines[0]!.slice(0, 4)).toEqual([null, null, 11, 20]);
  });

  it('takes the mean of a column of a smooth line', () => {
    const x = steps(40);
    const values = Float64Array.from(x, (v) => (v > 30 || v === 2 ? NaN : v));
    const { lines } = decimate(x, [{ values, isSmooth: true }], { min: 1, max: 40 }, 4);
    expect(lines[0]!.slice(0, 4)).toEqual([53 / 9, null, 15.5, null]);
    expect(lines[0]!.at(-2)).toBeNull();
  });

  it('has nothing to draw without steps', () => {
    expect(decimate(steps(0), [sharp(steps(0))], { min: 1, max: 2 }, 100)).toEqual({ x: [], lines: [[]] });
  });
});
