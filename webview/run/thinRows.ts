/** Indices of at most `most` rows out of `count`, evenly spread, with the first and the last. */
export function thinRows(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}
