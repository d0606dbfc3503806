import type { GalleryGroup, GalleryPicture } from '../../src/common/webview/gallery';

/** A place for a picture: one that is there, one that is being drawn, or one that is gone. */
export interface Slot {
  picture?: GalleryPicture;
  state: 'picture' | 'pending' | 'missing';
  /** Shown below the picture where no label of a column says it. */
  caption: string;
}

interface Placed {
  /** Distance from the top of all rows. */
  top: number;
  height: number;
  group: GalleryGroup;
}

/** One row of the grid panel. */
export type GridRow = Placed &
  (
    | { kind: 'header' }
    | { kind: 'columns'; labels: string[]; tile: number; labelWidth: number }
    | { kind: 'label'; text: string }
    | { kind: 'pictures'; slots: Slot[]; tile: number; captioned: boolean; label?: string; labelWidth: number }
  );

/** Sizes of the rows' parts, in pixels. */
export interface GridMetrics {
  /** Of the panel's inside. */
  width: number;
  /** Wanted side of a picture. */
  tile: number;
  gap: number;
  header: number;
  /** A line of text: a label or a caption. */
  line: number;
}

/** A comparison keeps its table while a cell is at least this large. */
const SMALLEST_CELL = 44;
/** Part of the width that labels of rows take at most. */
const LABEL_SHARE = 0.25;

/** Lays out all groups below each other; only the heights count here, what is seen is drawn. */
export function gridRows(groups: readonly GalleryGroup[], metrics: GridMetrics, words: RowWords): GridRow[] {
  const rows: GridRow[] = [];
  let top = 0;
  const push = (row: UnplacedRow) => {
    rows.push({ ...row, top } as GridRow);
    top += row.height;
  };
  for (const group of groups) {
    push({ kind: 'header', group, height: metrics.header });
    if (group.kind === 'comparison' && group.rows.length > 0) pushComparison(group, metrics, push);
    else pushPictures(group, flowSlots(group, words), metrics, push);
  }
  return rows;
}

/** How a caption is written. */
export interface RowWords {
  seed: (seed: number) => string;
}

type UnplacedRow = GridRow extends infer R ? (R extends GridRow ? Omit<R, 'top'> : never) : never;
type Push = (row: UnplacedRow) => void;

function pushPictures(group: GalleryGroup, slots: Slot[], metrics: GridMetrics, push: Push): void {
  const { width, gap, line } = metrics;
  const perRow = Math.max(1, Math.floor((width + gap) / (metrics.tile + gap)));
  const tile = Math.min(metrics.tile, width);
  for (let i = 0; i < slots.length; i += perRow)
    push({
      kind: 'pictures',
      group,
      slots: slots.slice(i, i + perRow),
      tile,
      captioned: true,
      labelWidth: 0,
      height: tile + line + gap,
    });
}

function flowSlots(group: GalleryGroup, words: RowWords): Slot[] {
  const slots: Slot[] = group.pictures.map((picture) => ({
    picture,
    state: 'picture',
    caption: words.seed(picture.seed),
  }));
  const pending = group.status === 'drawing' ? Math.max(0, group.total - slots.length) : 0;
  for (let i = 0; i < pending; i++) slots.push({ state: 'pending', caption: '' });
  return slots;
}

/** A table where it fits; otherwise each row's pictures flow under its label, each with its column's label. */
function pushComparison(group: GalleryGroup, metrics: GridMetrics, push: Push): void {
  const { width, gap, line } = metrics;
  const columns = Math.max(1, group.columns.length);
  const hasLabels = group.rows.some(Boolean);
  const labelWidth = hasLabels ? Math.min(140, Math.floor(width * LABEL_SHARE)) : 0;
  const room = Math.floor((width - (labelWidth ? labelWidth + gap : 0) + gap) / columns) - gap;
  const tile = Math.min(metrics.tile, room);
  const cells = comparisonSlots(group);
  if (tile >= SMALLEST_CELL) {
    if (group.columns.some(Boolean))
      push({ kind: 'columns', group, labels: group.columns, tile, labelWidth, height: line });
    cells.forEach((slots, row) =>
      push({
        kind: 'pictures',
        group,
        slots,
        tile,
        captioned: false,
        label: group.rows[row] ?? '',
        labelWidth,
        height: tile + gap,
      }),
    );
    return;
  }
  cells.forEach((slots, row) => {
    const label = group.rows[row] ?? '';
    if (label) push({ kind: 'label', group, text: label, height: line });
    pushPictures(group, slots, metrics, push);
  });
}

function comparisonSlots(group: GalleryGroup): Slot[][] {
  const empty = group.status === 'drawing' ? 'pending' : 'missing';
  const columns = Math.max(1, group.columns.length);
  const cells = Array.from({ length: Math.max(1, group.rows.length) }, () =>
    Array.from({ length: columns }, (_, column): Slot => ({ state: empty, caption: group.columns[column] ?? '' })),
  );
  const strays: Slot[] = [];
  for (const picture of group.pictures) {
    const slot = picture.cell && cells[picture.cell.row]?.[picture.cell.column];
    if (slot) Object.assign(slot, { picture, state: 'picture' });
    else strays.push({ picture, state: 'picture', caption: '' });
  }
  for (let i = 0; i < strays.length; i += columns) cells.push(strays.slice(i, i + columns));
  return cells;
}

/** Height of all rows. */
export function totalHeight(rows: readonly GridRow[]): number {
  const last = rows.at(-1);
  return last ? last.top + last.height : 0;
}

/** The rows that are seen, and those within `margin` pixels of it: `[first, end)`. */
export function visibleRows(
  rows: readonly Pick<GridRow, 'top' | 'height'>[],
  scrollTop: number,
  viewport: number,
  margin: number,
): { first: number; end: number } {
  const first = firstBelow(rows, scrollTop - margin);
  let end = first;
  while (end < rows.length && rows[end]!.top < scrollTop + viewport + margin) end++;
  return { first, end };
}

/** The first row whose lower edge lies below `y`. */
function firstBelow(rows: readonly Pick<GridRow, 'top' | 'height'>[], y: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    if (row.top + row.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}
