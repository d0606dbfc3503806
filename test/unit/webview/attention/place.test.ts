import { expect, test } from 'vitest';
import { overlapMeaning, peakOf, placeOf } from '../../../../webview/attention/place';
import { renderSize } from '../../../../webview/attention/renderSize';
import { shortLayer } from '../../../../webview/attention/layerNames';

const map = (at: (x: number, y: number) => number, side = 9) => ({
  width: side,
  height: side,
  data: Float32Array.from({ length: side * side }, (_, i) => at(i % side, Math.floor(i / side))),
});

test.each([
  [1, 1, 'placeUpperLeft'],
  [4, 4, 'placeCentre'],
  [8, 4, 'placeRight'],
  [4, 8, 'placeBottom'],
] as const)('a spot at %d, %d lies %s', (x, y, place) => {
  const spot = map((a, b) => 0.2 + (a === x && b === y ? 1 : 0));
  expect(placeOf(spot)).toBe(place);
  expect(peakOf(spot)).toEqual({ x: (x + 0.5) / 9, y: (y + 0.5) / 9 });
});

test('even attention and none lie nowhere in particular', () => {
  expect(placeOf(map(() => 0.3))).toBe('placeEverywhere');
  expect(placeOf(map((x, y) => (x * 7 + y * 3) % 5))).toBe('placeEverywhere');
});

test.each([
  [0.9, 'overlapSame'],
  [0.5, 'overlapPartly'],
  [0.1, 'overlapApart'],
])('an overlap of %d means %s', (overlap, meaning) => {
  expect(overlapMeaning(overlap)).toBe(meaning);
});

test('small pictures are enlarged by a whole number, large ones shrunk on screen only', () => {
  expect(renderSize({ width: 64, height: 48 }, 'screen')).toEqual({ width: 512, height: 384 });
  expect(renderSize({ width: 4000, height: 2000 }, 'screen')).toEqual({ width: 1024, height: 512 });
  expect(renderSize({ width: 4000, height: 2000 }, 'export')).toEqual({ width: 4000, height: 2000 });
  expect(renderSize({ width: 8000, height: 1 }, 'screen')).toEqual({ width: 1024, height: 1 });
});

test('names of layers', () => {
  expect(shortLayer('down_blocks.0.attentions.1.transformer_blocks.0.attn2')).toBe('down_blocks.0.attentions.1');
  expect(shortLayer('up_blocks.0.attentions.1.transformer_blocks.3.attn2')).toBe('up_blocks.0.attentions.1.3');
});
