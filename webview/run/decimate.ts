import { lowerBound } from './stepTable';

/** Points to draw: lines over common places on the horizontal axis; null where a line has no value. */
export interface DrawnPoints {
  x: number[];
  lines: (number | null)[][];
}

/** A line to thin out. */
export interface DenseLine {
  /** NaN where there is none. */
  values: Float64Array;
  /** Without spikes to lose: the mean of a pixel column stands for it, and dashes stay dashes. */
  isSmooth: boolean;
}

/**
 * Thins lines out to what a plot so many pixels wide can show. Within each pixel column a line keeps its smallest and
 * largest value in their order, so that no spike is lost. One point beyond either end of the range is kept: lines then
 * leave the plot instead of ending in it.
 * @param x ascending
 * @param lines values at `x`
 */
export function decimate(
  x: Float64Array,
  lines: readonly DenseLine[],
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

function addPoint(points: DrawnPoints, x: Float64Array, lines: readonly DenseLine[], i: number): void {
  points.x.push(x[i]!);
  lines.forEach((line, l) => points.lines[l]!.push(finite(line.values[i]!)));
}

function addExtremes(
  points: DrawnPoints,
  x: Float64Array,
  lines: readonly DenseLine[],
  start: number,
  end: number,
): void {
  points.x.push(x[start]!, x[end - 1]!);
  lines.forEach(({ values, isSmooth }, l) => {
    points.lines[l]!.push(...(isSmooth ? [mean(values, start, end), null] : extremes(values, start, end)));
  });
}

/** The smallest and the largest value in the order in which they come. */
function extremes(values: Float64Array, start: number, end: number): [number, number] | [null, null] {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (low < 0 || value < values[low]!) low = i;
    if (high < 0 || value > values[high]!) high = i;
  }
  return low < 0 ? [null, null] : [values[Math.min(low, high)]!, values[Math.max(low, high)]!];
}

function mean(values: Float64Array, start: number, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count ? sum / count : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
