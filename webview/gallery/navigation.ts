import type { GridRow } from './gridRows';

/** Names a picture on the page. */
export interface PictureName {
  group: string;
  file: string;
}

/** Where a picture is: its row, and its place in the row. */
export interface Place {
  row: number;
  column: number;
}

/** Whether both name the same picture. */
export function samePicture(a: PictureName | undefined, b: PictureName | undefined): boolean {
  return a?.group === b?.group && a?.file === b?.file;
}

/** Finds a picture. */
export function placeOf(rows: readonly GridRow[], name: PictureName | undefined): Place | undefined {
  if (!name) return undefined;
  for (const [row, content] of rows.entries()) {
    if (content.kind !== 'pictures' || content.group.id !== name.group) continue;
    const column = content.slots.findIndex(({ picture }) => picture?.file === name.file);
    if (column >= 0) return { row, column };
  }
  return undefined;
}

/** The name of the picture at a place. */
export function nameAt(rows: readonly GridRow[], { row, column }: Place): PictureName | undefined {
  const content = rows[row];
  const picture = content?.kind === 'pictures' ? content.slots[column]?.picture : undefined;
  return picture && { group: content!.group.id, file: picture.file };
}

/** All pictures in the order they are shown. */
export function allPlaces(rows: readonly GridRow[]): Place[] {
  return rows.flatMap((content, row) =>
    content.kind === 'pictures'
      ? content.slots.flatMap(({ picture }, column) => (picture ? [{ row, column }] : []))
      : [],
  );
}

/**
 * Where a key leads from a picture: left and right along all pictures, up and down to the nearest column of the next row
 * with pictures, Home and End to the first and last of all. Undefined for other keys.
 */
export function moveByKey(rows: readonly GridRow[], from: Place, key: string, pageRows: number): Place | undefined {
  const places = allPlaces(rows);
  const index = places.findIndex(({ row, column }) => row === from.row && column === from.column);
  switch (key) {
    case 'ArrowLeft':
      return places[index - 1];
    case 'ArrowRight':
      return places[index + 1];
    case 'Home':
      return places[0];
    case 'End':
      return places.at(-1);
    case 'ArrowUp':
      return vertical(places, from, -1);
    case 'ArrowDown':
      return vertical(places, from, 1);
    case 'PageUp':
      return vertical(places, from, -pageRows);
    case 'PageDown':
      return vertical(places, from, pageRows);
    default:
      return undefined;
  }
}

function vertical(places: readonly Place[], from: Place, by: number): Place | undefined {
  const rows = [...new Set(places.map(({ row }) => row))];
  const here = rows.indexOf(from.row);
  const target = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  if (target === undefined || target === from.row) return undefined;
  const candidates = places.filter(({ row }) => row === target);
  return candidates.reduce((best, place) =>
    Math.abs(place.column - from.column) < Math.abs(best.column - from.column) ? place : best,
  );
}

/** The scroll position that shows a row, moving as little as possible. */
export function scrollToRow(row: Pick<GridRow, 'top' | 'height'>, scrollTop: number, viewport: number): number {
  if (row.top < scrollTop) return row.top;
  const bottom = row.top + row.height;
  return bottom > scrollTop + viewport ? Math.min(row.top, bottom - viewport) : scrollTop;
}
