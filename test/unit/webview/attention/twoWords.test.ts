import { describe, expect, test } from 'vitest';
import { heatColour } from '../../../../src/common/attention/colourMap';
import { blendPair, maskPair, onStripe, pairColours, stripePeriod } from '../../../../webview/attention/twoWords';

const side = 48;
const flat = (value: number) => new Float32Array(side * side).fill(value);
const grey = () => new Uint8ClampedArray(4 * side * side).fill(128);
const at = (pixels: Uint8ClampedArray, x: number, y: number) => [
  ...pixels.subarray(4 * (y * side + x), 4 * (y * side + x) + 3),
];
const paint = (a: number, b: number, opacity = 1) => ({
  heats: [flat(a), flat(b)] as [Float32Array, Float32Array],
  opacity,
  width: side,
  height: side,
});

/** Relative luminance of sRGB bytes. */
function luminance(colour: readonly number[]): number {
  const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe('colours', () => {
  test('the heat colours rise in luminance from step to step', () => {
    const values = Array.from({ length: 256 }, (_, i) => luminance(heatColour(i / 255)));
    values.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(values[i]!));
    expect(values[255]! - values[0]!).toBeGreaterThan(0.8);
  });

  test('the two words differ in luminance as well as in hue', () => {
    const [light, dark] = [luminance(pairColours[0]), luminance(pairColours[1])];
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(1.8);
    expect(pairColours[0][2]).toBeLessThan(100);
    expect(pairColours[1][2]).toBeGreaterThan(200);
  });
});

describe('two words at once', () => {
  test('nothing where neither looks, and with opacity 0', () => {
    for (const nothing of [paint(0, 0), paint(1, 1, 0)]) {
      const pixels = grey();
      blendPair(pixels, nothing);
      expect(pixels).toEqual(grey());
    }
  });

  test('each word leans its stripes to its own side', () => {
    const period = stripePeriod(side, side);
    const same = [1, 2, 3].every((k) => onStripe(0, 10, 10, period) === onStripe(0, 10 + k, 10 - k, period));
    const other = [1, 2, 3].every((k) => onStripe(1, 10, 10, period) === onStripe(1, 10 + k, 10 + k, period));
    expect([same, other]).toEqual([true, true]);
    expect(new Set([0, 1, 2, 3, 4, 5].map((x) => onStripe(0, x, 0, period))).size).toBe(2);
  });

  test('each in its colour, and a mixture where both are', () => {
    const warm = grey();
    const cold = grey();
    const both = grey();
    blendPair(warm, paint(1, 0));
    blendPair(cold, paint(0, 1));
    blendPair(both, paint(1, 1));
    expect(at(warm, 0, 0)[0]).toBeGreaterThan(at(warm, 0, 0)[2]!);
    expect(at(cold, 0, 0)[2]).toBeGreaterThan(at(cold, 0, 0)[0]!);
    const [r, , b] = at(both, 0, 0) as [number, number, number];
    expect(r).toBeLessThan(at(warm, 0, 0)[0]!);
    expect(b).toBeLessThan(at(cold, 0, 0)[2]!);
    expect(b).toBeGreaterThan(at(warm, 0, 0)[2]!);
  });

  test('a mask dims what lies outside both', () => {
    const pixels = grey();
    maskPair(pixels, paint(0.1, 0.2), 0.4);
    expect(at(pixels, 5, 5)[0]).toBeLessThan(30);
    const inside = grey();
    maskPair(inside, paint(0.9, 0.2), 0.4);
    expect(at(inside, 5, 5)[0]).toBeGreaterThan(120);
  });
});
