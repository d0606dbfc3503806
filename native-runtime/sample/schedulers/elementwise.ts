/** `sum of factor · values` over the terms, element by element, accumulated in float64. */
export function linearCombination(
  ...terms: ReadonlyArray<readonly [factor: number, values: Float32Array]>
): Float32Array {
  const sum = new Float32Array(terms[0]![1].length);
  for (let i = 0; i < sum.length; i++) {
    let value = 0;
    for (const [factor, values] of terms) value += factor * values[i]!;
    sum[i] = value;
  }
  return sum;
}

/** Values limited to [-limit, limit]. */
export function clamp(values: Float32Array, limit: number): Float32Array {
  return values.map((value) => Math.min(limit, Math.max(-limit, value)));
}
