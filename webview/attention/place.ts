import type { OverlayMap } from '../../src/common/attention/heat';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';

type PlaceKey = Extract<keyof AttentionStrings, `place${string}`>;

const places: readonly (readonly PlaceKey[])[] = [
  ['placeUpperLeft', 'placeTop', 'placeUpperRight'],
  ['placeLeft', 'placeCentre', 'placeRight'],
  ['placeLowerLeft', 'placeBottom', 'placeLowerRight'],
];

/** Where most of a map lies, in words: what a screen reader says of an overlay. */
export function placeOf({ data, width, height }: OverlayMap): PlaceKey {
  const thirds = new Float64Array(9);
  let total = 0;
  const low = data.reduce((least, value) => Math.min(least, value), Infinity);
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor((3 * Math.floor(i / width)) / height);
    const column = Math.floor((3 * (i % width)) / width);
    // Attention never falls to zero; what matters is what rises above its lowest value.
    const value = data[i]! - low;
    thirds[3 * row + column]! += value;
    total += value;
  }
  const best = thirds.indexOf(Math.max(...thirds));
  // Even attention would give each ninth 0.11.
  if (!(total > 0) || thirds[best]! / total < 0.16) return 'placeEverywhere';
  return places[Math.floor(best / 3)]![best % 3]!;
}

/** The cell with the largest value, as fractions of width and height at its centre: where a label belongs. */
export function peakOf({ data, width, height }: OverlayMap): { x: number; y: number } {
  let best = 0;
  for (let i = 1; i < data.length; i++) if (data[i]! > data[best]!) best = i;
  return { x: ((best % width) + 0.5) / width, y: (Math.floor(best / width) + 0.5) / height };
}

/** What an overlap means, by the name of its sentence. */
export function overlapMeaning(overlap: number): 'overlapSame' | 'overlapPartly' | 'overlapApart' {
  if (overlap >= 0.7) return 'overlapSame';
  return overlap >= 0.4 ? 'overlapPartly' : 'overlapApart';
}
