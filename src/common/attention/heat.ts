import { resizeMap } from './resizeMap';

/** The map values shown as no heat and full heat. */
export interface HeatRange {
  low: number;
  high: number;
}

/** A map `[height, width]`, of any size with the picture's proportions. */
export interface OverlayMap {
  height: number;
  width: number;
  data: Float32Array;
}

/**
 * A map at another size, scaled to [0, 1]: the range's ends become 0 and 1, what lies beyond is clipped. Without a
 * range its own extremes are the ends. A flat map has no heat anywhere.
 */
export function heatOf(map: OverlayMap, height: number, width: number, range?: HeatRange): Float32Array {
  const large = resizeMap(map.data, map.height, map.width, height, width);
  const { low, high } = range ?? extremes(large);
  const span = high - low;
  // Interpolation leaves rounding errors of a few ulp in a flat map; stretched, they would look like structure.
  const flat = !(span > 1e-5 * Math.max(Math.abs(high), Math.abs(low)));
  return large.map((value) => (flat ? 0 : Math.min(1, Math.max(0, (value - low) / span))));
}

/** One scale for several maps: from 0 to the largest value in any, so that a word nobody looks at stays dark. */
export function commonRange(maps: readonly OverlayMap[]): HeatRange {
  return { low: 0, high: Math.max(0, ...maps.map(({ data }) => extremes(data).high)) };
}

function extremes(values: Float32Array): HeatRange {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
