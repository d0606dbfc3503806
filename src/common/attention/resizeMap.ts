/** The cubic kernel's free parameter, as in PyTorch's `interpolate(mode="bicubic")`. */
const A = -0.75;

interface Taps {
  /** Four source positions per output position, kept inside the source by repeating its border. */
  positions: Int32Array;
  weights: Float64Array;
}

/**
 * One map `[height, width]` at another size, by separable cubic convolution (Keys, 1981) with pixel centres aligned at
 * half positions, no antialiasing and repeated borders: the numbers of PyTorch's bicubic `interpolate`. May undershoot
 * below zero and overshoot the maximum.
 */
export function resizeMap(
  map: Float32Array,
  height: number,
  width: number,
  newHeight: number,
  newWidth: number,
): Float32Array {
  if (height === newHeight && width === newWidth) return map.slice();
  const across = cubicTaps(width, newWidth);
  const down = cubicTaps(height, newHeight);
  const rows = new Float64Array(height * newWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let sum = 0;
      for (let k = 4 * x; k < 4 * x + 4; k++) sum += across.weights[k]! * map[y * width + across.positions[k]!]!;
      rows[y * newWidth + x] = sum;
    }
  }
  const out = new Float32Array(newHeight * newWidth);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      let sum = 0;
      for (let k = 4 * y; k < 4 * y + 4; k++) sum += down.weights[k]! * rows[down.positions[k]! * newWidth + x]!;
      out[y * newWidth + x] = sum;
    }
  }
  return out;
}

function cubicTaps(size: number, newSize: number): Taps {
  const positions = new Int32Array(4 * newSize);
  const weights = new Float64Array(4 * newSize);
  for (let i = 0; i < newSize; i++) {
    const source = ((i + 0.5) * size) / newSize - 0.5;
    const base = Math.floor(source);
    for (let k = 0; k < 4; k++) {
      const position = base - 1 + k;
      positions[4 * i + k] = Math.min(size - 1, Math.max(0, position));
      weights[4 * i + k] = cubic(Math.abs(source - position));
    }
  }
  return { positions, weights };
}

function cubic(t: number): number {
  if (t <= 1) return ((A + 2) * t - (A + 3)) * t * t + 1;
  if (t < 2) return ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;
  return 0;
}
