import { lowerBound } from './stepTable';

/** Points to draw: lines over common places on the horizontal axis; null where a line has no value. */
export interface DrawnPoints {
  x: number[];
  lines: (number | null)[][];
}

/**
 * Thins lines out to what a plot so many pixels wide can show. Within each pixel column a line keeps its smallest and
 * largest value in their order, so that no spike is lost. One point beyond either end of the range is kept: lines then
 * leave the plot instead of ending in it.
 * @param x ascending
 * @param lines values at `x`; NaN where there is none
 */
export function decimate(
  x: Float64Array,
  lines: readonly Float64Array[],
  range: { min: number; max: number },
  columns: number,
): DrawnPoints {
  const from = Math.max(0, lowerBound(x, range.min) - 1);
  const to = Math.min(x.length, lowerBound(x, range.max + Number.EPSILON * Math.abs(range.max)) + 1);
  const points: DrawnPoints = { x: [], lines: lines.map(() => []) };
  if (to - from <= 2 * columns) {
    for (let i = from; i < to; i++) addPoint(points, x, lines, i);
    return points;
  }
  const width = (x[to - 1]! - x[from]!) / columns;
  let start = from;
  for (let column = 1; column <= columns && start < to; column++) {
    const end = column === columns ? to : Math.min(to, lowerBound(x, x[from]! + column * width));
    if (end - start === 1) addPoint(points, x, lines, start);
    else if (end > start) addExtremes(points, x, lines, start, end);
    start = Math.max(start, end);
  }
  return points;
}

function addPoint(points: DrawnPoints, x: Float64Array, lines: readonly Float64Array[], i: number): void {
  points.x.push(x[i]!);
  lines.forEach((line, l) => points.lines[l]!.push(finite(line[i]!)));
}

function addExtremes(
  points: DrawnPoints,
  x: Float64Array,
  lines: readonly Float64Array[],
  start: number,
  end: number,
): void {
  points.x.push(x[start]!, x[end - 1]!);
  for (let l = 0; l < lines.length; l++) {
    const line = lines[l]!;
    let low = -1;
    let high = -1;
    for (let i = start; i < end; i++) {
      const value = line[i]!;
      if (!Number.isFinite(value)) continue;
      if (low < 0 || value < line[low]!) low = i;
      if (high < 0 || value > line[high]!) high = i;
    }
    if (low < 0) points.lines[l]!.push(null, null);
    else points.lines[l]!.push(line[Math.min(low, high)]!, line[Math.max(low, high)]!);
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
