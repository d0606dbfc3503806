import { describe, expect, test } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  toFloat32,
} from '../../../native-runtime/formats/halfFloat';
import { int64 } from '../../../native-runtime/tensorData';

const allPatterns = Uint16Array.from({ length: 65536 }, (_, i) => i);

describe('float16', () => {
  test('known values', () => {
    const bits = [0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x7c00, 0xfc00];
    const values = [0, -0, 1, -2, 65504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity];
    expect([...float16ToFloat32(Uint16Array.from(bits))]).toEqual(values);
    expect([...float32ToFloat16(Float32Array.from(values))]).toEqual(bits);
  });

  test('every pattern survives the way to float32 and back, NaN as NaN', () => {
    const values = float16ToFloat32(allPatterns);
    const back = float32ToFloat16(values);
    for (let i = 0; i < 65536; i++)
      if (Number.isNaN(values[i])) expect(back[i]! & 0x7fff).toBeGreaterThan(0x7c00);
      else if (back[i] !== i) expect(back[i]).toBe(i);
  });

  test('rounds to the nearest, ties to even, at every boundary between neighbours', () => {
    const values = float16ToFloat32(allPatterns);
    for (let i = 0; i < 0x7bff; i++) {
      const middle = Math.fround((values[i]! + values[i + 1]!) / 2);
      const even = i % 2 ? i + 1 : i;
      const [below, at, above] = float32ToFloat16(
        Float32Array.of(middle * (1 - 2 ** -23), middle, middle * (1 + 2 ** -22)),
      );
      if (below !== i || at !== even || above !== i + 1) expect([i, below, at, above]).toEqual([i, i, even, i + 1]);
    }
  });

  test('overflow and underflow', () => {
    const values = Float32Array.of(65519.99, 65520, 70000, -70000, 2 ** -25, 1.0001 * 2 ** -25, 1e-45);
    expect([...float32ToFloat16(values)]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0, 1, 0]);
  });
});

describe('bfloat16', () => {
  test('every pattern survives, NaN as NaN', () => {
    const values = bfloat16ToFloat32(allPatterns);
    const back = float32ToBfloat16(values);
    for (let i = 0; i < 65536; i++)
      if (Number.isNaN(values[i])) expect(back[i]! & 0x7fff).toBeGreaterThan(0x7f80);
      else if (back[i] !== i) expect(back[i]).toBe(i);
  });

  test('rounds to the nearest, ties to even', () => {
    const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3.4e38);
    expect([...float32ToBfloat16(values)]).toEqual([0x3f80, 0x3f82, 0x3f81, 0x7f80]);
  });
});

describe('toFloat32', () => {
  test('integers, booleans and doubles become numbers', () => {
    expect(toFloat32(int64([2], [3, -4]))).toEqual(Float32Array.of(3, -4));
    expect(toFloat32({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) })).toEqual(Float32Array.of(1, 0));
    expect(toFloat32({ dtype: 'float64', shape: [1], data: Float64Array.of(0.1) })).toEqual(Float32Array.of(0.1));
    expect(toFloat32({ dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) })).toEqual(Float32Array.of(1));
  });
});
