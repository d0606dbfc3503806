import { lowerBound } from './stepTable';

/** The steps of two runs, ascending, each once. */
export function unionOfSteps(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; length++) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    merged[length] = next;
    if (a[i] === next) i++;
    if (b[j] === next) j++;
  }
  return merged.subarray(0, length);
}

/** A column of a run over a longer list of steps; NaN where the run has no such step. */
export function alignTo(steps: Float64Array, own: Float64Array, values: Float64Array): Float64Array {
  // The usual case: one run is the beginning of the list.
  if (own.length === steps.length) return values;
  const aligned = new Float64Array(steps.length).fill(NaN);
  let at = own.length ? lowerBound(steps, own[0]!) : 0;
  for (let i = 0; i < own.length; i++, at++) {
    while (steps[at]! < own[i]!) at++;
    aligned[at] = values[i]!;
  }
  return aligned;
}
