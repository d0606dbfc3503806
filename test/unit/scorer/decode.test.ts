import { describe, expect, it } from 'vitest';
import { decodeReading, intersectionOverUnion, type RawReading } from '../../../native-runtime/pocket/scorer/decode';
import { scorerConfig as config } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { cellCentre } from '../../../native-runtime/pocket/scorer/targets';
import type { Box } from '../../../native-runtime/pocket/world/scene';

const SIDE = 8;
const CELLS = SIDE * SIDE;
const CLASSES = config.species.length + 2;

/** A network's answer in which nothing is anywhere, on snow. */
function nothing(): RawReading {
  const species = new Float32Array(CELLS * CLASSES);
  for (let cell = 0; cell < CELLS; cell++) species[cell * CLASSES] = 1;
  return {
    species,
    coats: new Float32Array(CELLS * config.coats.length).fill(1 / config.coats.length),
    patterns: new Float32Array(CELLS * config.patterns.length).fill(1 / config.patterns.length),
    boxes: new Float32Array(CELLS * 4),
    background: Float32Array.of(0.02, 0.02, 0.9, 0.02, 0.04),
  };
}

/** Makes the cells see something with these odds per class, as parts of one box. */
function see(raw: RawReading, cells: readonly number[], box: Box, odds: Record<string, number>): void {
  const names = ['nothing', ...config.species, 'unclear'];
  for (const cell of cells) {
    names.forEach((name, i) => (raw.species[cell * CLASSES + i] = odds[name] ?? 0));
    const [x, y] = cellCentre(cell, SIDE);
    raw.boxes.set(
      [x - box.x0, y - box.y0, box.x1 - x, box.y1 - y].map((reach) => reach / 64),
      cell * 4,
    );
  }
}

function wear(raw: RawReading, cells: readonly number[], coat: string, pattern: string, odds: number): void {
  for (const cell of cells) {
    const set = (rows: Float32Array, names: readonly string[], chosen: string) =>
      names.forEach((name, i) => {
        rows[cell * names.length + i] = name === chosen ? odds : (1 - odds) / (names.length - 1);
      });
    set(raw.coats, config.coats, coat);
    set(raw.patterns, config.patterns, pattern);
  }
}

const left: Box = { x0: 1, y0: 14, x1: 32, y1: 58 };
const right: Box = { x0: 32, y0: 14, x1: 63, y1: 58 };
const leftCells = [33, 34, 41, 42];
const rightCells = [37, 38, 45, 46];

describe('decodeReading', () => {
  it('finds nothing where nothing is', () => {
    expect(decodeReading(nothing(), config)).toMatchObject({ detections: [], background: 'snow' });
  });

  it('joins the cells of one box and keeps two boxes apart, from left to right', () => {
    const raw = nothing();
    see(raw, rightCells, right, { dog: 0.95, nothing: 0.05 });
    see(raw, leftCells, left, { cat: 0.8, rabbit: 0.1, nothing: 0.1 });
    const { detections } = decodeReading(raw, config);
    expect(detections.map(({ species }) => species)).toEqual(['cat', 'dog']);
    expect(detections[0]!.confidence).toBeCloseTo(0.8 / 0.9, 5);
    expect(detections[1]!.confidence).toBeCloseTo(1, 5);
    for (const side of ['x0', 'y0', 'x1', 'y1'] as const) {
      expect(detections[0]!.box[side]).toBeCloseTo(left[side], 3);
      expect(detections[1]!.box[side]).toBeCloseTo(right[side], 3);
    }
  });

  it('takes a box inside another one for a part of the same animal', () => {
    const raw = nothing();
    see(raw, leftCells, left, { cat: 0.98, nothing: 0.02 });
    see(raw, [25], { x0: 3, y0: 2, x1: 30, y1: 36 }, { unclear: 0.6, cat: 0.3, nothing: 0.1 });
    const { detections } = decodeReading(raw, config);
    expect(detections.map(({ species }) => species)).toEqual(['cat']);
  });

  it('calls half a cat and half a dog in one box unclear', () => {
    const raw = nothing();
    see(raw, leftCells.slice(0, 2), left, { cat: 1 });
    see(raw, leftCells.slice(2), left, { dog: 1 });
    const { detections } = decodeReading(raw, config);
    expect(detections).toHaveLength(1);
    expect(detections[0]).toMatchObject({ species: 'unclear', individualConfidence: 0 });
  });

  it('calls what the network calls unclear unclear', () => {
    const raw = nothing();
    see(raw, leftCells, left, { unclear: 0.7, cat: 0.3 });
    expect(decodeReading(raw, config).detections[0]!.species).toBe('unclear');
  });

  it('knows an individual by its species and looks together', () => {
    const raw = nothing();
    see(raw, leftCells, left, { cat: 1 });
    see(raw, rightCells, right, { dog: 1 });
    for (const cells of [leftCells, rightCells]) wear(raw, cells, 'teal', 'half', 0.9);
    const [cat, dog] = decodeReading(raw, config).detections;
    expect(cat!.individual).toBe('mochi-cat');
    expect(cat!.individualConfidence).toBeCloseTo(0.81, 5);
    expect(dog!.individual).toBeUndefined();
    expect(dog!.likeness['mochi-cat']).toBeCloseTo(0.81, 5);
  });

  it('does not know an individual by its colour alone', () => {
    const raw = nothing();
    see(raw, leftCells, left, { cat: 1 });
    wear(raw, leftCells, 'teal', 'plain', 0.9);
    expect(decodeReading(raw, config).detections[0]!.individual).toBeUndefined();
  });

  it('says unclear for a background it is not sure of', () => {
    const raw = nothing();
    raw.background.set([0.45, 0.45, 0, 0, 0.1]);
    expect(decodeReading(raw, config).background).toBe('unclear');
    raw.background.set([0, 0, 0, 0.1, 0.9]);
    expect(decodeReading(raw, config).background).toBe('unclear');
  });
});

describe('intersectionOverUnion', () => {
  it('is 1 for equal boxes, 0 for distant ones, 1/3 for halves', () => {
    expect(intersectionOverUnion(left, left)).toBeCloseTo(1, 12);
    expect(intersectionOverUnion(left, right)).toBe(0);
    const square = { x0: 0, y0: 0, x1: 4, y1: 4 };
    expect(intersectionOverUnion(square, { x0: 2, y0: 0, x1: 6, y1: 4 })).toBeCloseTo(1 / 3, 12);
    expect(intersectionOverUnion({ x0: 1, y0: 1, x1: 1, y1: 1 }, { x0: 1, y0: 1, x1: 1, y1: 1 })).toBe(0);
  });
});
