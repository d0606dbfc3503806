import { describe, expect, it } from 'vitest';
import { imageToRgb, resizePicture } from '../../../native-runtime/sample/png';

describe('decoded values to bytes', () => {
  it('orders channels last and clamps', () => {
    const pixels = Float32Array.from([-1, 1, 0, 5, -7, 0.5]); // red row, green row, blue row of a 1×2 picture
    expect([...imageToRgb(pixels, 1, 2).data]).toEqual([0, 128, 0, 255, 255, 191]);
  });

  it('rounds halves to even, as numpy does', () => {
    // The float32 values that become exactly 126.5 and 254.5.
    const [low, high] = [-0.007843137718737125, 0.996078372001648];
    expect([...imageToRgb(Float32Array.from([low, high, low]), 1, 1).data]).toEqual([126, 254, 126]);
  });

  it('gives back every byte of an encoded picture', () => {
    const pixels = Float32Array.from({ length: 3 * 256 }, (_, i) => ((i % 256) / 255) * 2 - 1);
    expect([...imageToRgb(pixels, 16, 16).data]).toEqual(Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)));
  });

  it('values that are not numbers are an error, not a black picture', () => {
    expect(() => imageToRgb(Float32Array.from([0, NaN, 0]), 1, 1)).toThrow(
      expect.objectContaining({ code: 'not-finite' }),
    );
  });

  it('nearest enlargement repeats pixels', async () => {
    const large = await resizePicture(
      { width: 2, height: 1, data: Uint8Array.from([9, 9, 9, 200, 0, 7]) },
      4,
      2,
      'nearest',
    );
    expect([...large.data.subarray(0, 12)]).toEqual([9, 9, 9, 9, 9, 9, 200, 0, 7, 200, 0, 7]);
  });
});
