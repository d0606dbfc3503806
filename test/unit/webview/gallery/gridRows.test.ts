import { describe, expect, it } from 'vitest';
import { gridRows, totalHeight, visibleRows, type GridRow } from '../../../../webview/gallery/gridRows';
import { testComparison, testGroup, testPicture } from './groups';

const metrics = { width: 536, tile: 128, gap: 8, header: 56, line: 22 };
const words = { seed: (seed: number) => `seed ${seed}` };
const layOut = (groups: Parameters<typeof gridRows>[0], change = {}) =>
  gridRows(groups, { ...metrics, ...change }, words);
const slotsOf = (row: GridRow | undefined) => (row?.kind === 'pictures' ? row.slots : []);

describe('gridRows', () => {
  it('puts as many pictures in a row as fit', () => {
    const rows = layOut([testGroup('a', 9)]);
    expect(rows.map(({ kind }) => kind)).toEqual(['header', 'pictures', 'pictures', 'pictures']);
    expect(rows.map((row) => slotsOf(row).length)).toEqual([0, 4, 4, 1]);
  });

  it('places rows without gaps and without overlap', () => {
    const rows = layOut([testGroup('a', 9), testComparison(3, 3), testGroup('b', 200)]);
    rows.reduce((bottom, { top, height }) => (expect(top).toBe(bottom), top + height), 0);
    expect(totalHeight(rows)).toBe(rows.at(-1)!.top + rows.at(-1)!.height);
    expect(totalHeight([])).toBe(0);
  });

  it('keeps a place for pictures that are being drawn', () => {
    const rows = layOut([testGroup('a', 2, { total: 5, status: 'drawing' })]);
    expect(rows.flatMap((row) => slotsOf(row)).map(({ state }) => state)).toEqual([
      'picture',
      'picture',
      'pending',
      'pending',
      'pending',
    ]);
    expect(layOut([testGroup('a', 2, { total: 5, status: 'stopped' })]).flatMap(slotsOf)).toHaveLength(2);
  });

  it('shows a comparison as a table whose cells shrink with the width', () => {
    const rows = layOut([testComparison(2, 4)]);
    expect(rows.map(({ kind }) => kind)).toEqual(['header', 'columns', 'pictures', 'pictures']);
    const [row] = rows.filter((one) => one.kind === 'pictures');
    const used = row!.labelWidth + row!.slots.length * (row!.tile + metrics.gap);
    expect(used).toBeLessThanOrEqual(metrics.width);
    expect(row!.label).toBe('row 0');
  });

  it('lets the rows of a wide comparison flow in a narrow panel, each picture with its column', () => {
    const rows = layOut([testComparison(2, 9)], { width: 270 });
    expect(rows.map(({ kind }) => kind).filter((kind) => kind === 'label')).toHaveLength(2);
    expect(rows.some(({ kind }) => kind === 'columns')).toBe(false);
    expect(rows.flatMap((row) => slotsOf(row)).map(({ caption }) => caption)).toContain('column 8');
    for (const row of rows) if (row.kind === 'pictures') expect(row.slots.length * (row.tile + 8)).toBeLessThan(290);
  });

  it('puts pictures into their cells, and leaves the others empty', () => {
    const picture = testPicture(7, { cell: { row: 1, column: 0 } });
    const drawing = testComparison(2, 2, { pictures: [picture], status: 'drawing' });
    const states = (group: typeof drawing) =>
      layOut([group])
        .flatMap(slotsOf)
        .map(({ state }) => state);
    expect(states(drawing)).toEqual(['pending', 'pending', 'picture', 'pending']);
    expect(states({ ...drawing, status: 'stopped' })).toEqual(['missing', 'missing', 'picture', 'missing']);
  });

  it('shows pictures whose cell is unknown after the others', () => {
    const pictures = [testPicture(1, { cell: { row: 9, column: 9 } }), testPicture(2)];
    const slots = layOut([testComparison(1, 2, { pictures })]).flatMap(slotsOf);
    expect(slots.map(({ picture }) => picture?.seed)).toEqual([undefined, undefined, 1, 2]);
  });

  it('shows one picture a row when the panel is narrower than a picture', () => {
    const rows = layOut([testGroup('a', 2)], { width: 100 });
    expect(rows.map((row) => slotsOf(row).length)).toEqual([0, 1, 1]);
    expect(rows[1]).toHaveProperty('tile', 100);
  });
});

describe('visibleRows', () => {
  const rows = layOut([testGroup('a', 2000)]);
  const seen = (top: number, margin = 0) => visibleRows(rows, top, 600, margin);

  it('finds exactly the rows that are seen', () => {
    for (const top of [0, 1, 57, 1000, 12345.6, totalHeight(rows) - 600]) {
      const { first, end } = seen(top);
      const expected = rows.flatMap((row, i) => (row.top < top + 600 && row.top + row.height > top ? [i] : []));
      expect([first, end]).toEqual([expected[0], expected.at(-1)! + 1]);
    }
  });
  it('adds the rows within the margin', () => {
    expect(seen(5000, 600).first).toBeLessThan(seen(5000).first);
    expect(seen(5000, 600).end).toBeGreaterThan(seen(5000).end);
  });
  it('draws a few rows of thousands of pictures', () => {
    const { first, end } = seen(40_000, 600);
    expect(end - first).toBeLessThan(15);
  });
  it('sees nothing behind the end, nor without rows', () => {
    expect(seen(1e9)).toEqual({ first: rows.length, end: rows.length });
    expect(visibleRows([], 0, 600, 600)).toEqual({ first: 0, end: 0 });
  });
});
