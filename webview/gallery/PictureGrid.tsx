import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { GalleryGroup, GalleryToHost } from '../../src/common/webview/gallery';
import type { GalleryStrings } from '../../src/common/webview/galleryStrings';
import { formatText } from '../ui/formatText';
import { gridRows, totalHeight, visibleRows, type GridMetrics } from './gridRows';
import { allPlaces, moveByKey, nameAt, placeOf, scrollToRow, type PictureName } from './navigation';
import { Row, tileId } from './Row';

/** The pictures of all groups. */
export interface PictureGridProps {
  groups: readonly GalleryGroup[];
  tile: number;
  current: PictureName | undefined;
  onCurrent: (name: PictureName | undefined) => void;
  onOpen: (name: PictureName) => void;
  /** A key that the grid has no use for. */
  onKey: (event: KeyboardEvent) => void;
  /** A group or picture to bring into view. */
  shown: { group: string; file?: string; count: number } | undefined;
  post: (message: GalleryToHost) => void;
  strings: GalleryStrings;
}

/** Rows this far outside the window are drawn as well, so that slow decoding is not seen. */
const MARGIN = 600;
/** The page is drawn again when it was scrolled this far; less than the margin, so that nothing is missed. */
const SCROLL_STEP = 200;
const GAP = 8;
const HEADER = 56;
const LINE = 22;

/** A grid of which only the rows near the window are in the page; one picture is in the order of the Tab key. */
export function PictureGrid(props: PictureGridProps) {
  const { groups, tile, current, onCurrent, onOpen, onKey, shown, post, strings } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, width: 0, height: 0 });
  const focusNext = useRef<PictureName | undefined>(undefined);

  const rows = useMemo(() => {
    const metrics: GridMetrics = { width: view.width, tile, gap: GAP, header: HEADER, line: LINE };
    const seed = (value: number) => formatText(strings.seed, value);
    return view.width > 0 ? gridRows(groups, metrics, { seed }) : [];
  }, [groups, tile, view.width, strings]);

  useLayoutEffect(() => {
    const element = scroller.current!;
    const look = () => {
      const next = {
        top: Math.floor(element.scrollTop / SCROLL_STEP) * SCROLL_STEP,
        width: element.clientWidth - 2 * GAP,
        height: element.clientHeight,
      };
      setView((before) => (sameView(before, next) ? before : next));
    };
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const place = placeOf(rows, current);
  const show = (row: number) => {
    const element = scroller.current!;
    element.scrollTop = scrollToRow(rows[row]!, element.scrollTop, element.clientHeight);
  };
  useEffect(() => {
    // Something must be reachable with the Tab key, also when the chosen picture is gone.
    if (!place && rows.length > 0) {
      const first = allPlaces(rows)[0];
      onCurrent(first && nameAt(rows, first));
    }
  }, [rows, place]);
  useEffect(() => {
    if (!shown || rows.length === 0) return;
    const target = shown.file ? placeOf(rows, { group: shown.group, file: shown.file }) : undefined;
    const row = target?.row ?? rows.findIndex(({ group }) => group.id === shown.group);
    if (row < 0) return;
    show(row);
    if (target) focusLater(nameAt(rows, target)!);
  }, [shown?.count, rows.length > 0]);
  useEffect(() => {
    const name = focusNext.current;
    const element = name && document.getElementById(tileId(name));
    if (!element) return;
    focusNext.current = undefined;
    element.focus({ preventScroll: true });
  });

  const focusLater = (name: PictureName) => {
    focusNext.current = name;
    onCurrent(name);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (!(event.target as Element).classList.contains('tile') || !place || !current) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rowHeight = rows[place.row]!.height;
    const target = moveByKey(rows, place, event.key, Math.max(1, Math.floor(view.height / rowHeight) - 1));
    if (target) {
      focusLater(nameAt(rows, target)!);
      show(target.row);
    } else if (event.key === 'Enter' || event.key === ' ') onOpen(current);
    else {
      onKey(event);
      return;
    }
    event.preventDefault();
  };

  const { first, end } = visibleRows(rows, view.top, view.height + SCROLL_STEP, MARGIN);
  const drawn = rows.slice(first, end).map((row, i) => ({ row, index: first + i }));
  // The chosen picture stays in the page, or the focus would be lost while scrolling.
  if (place && (place.row < first || place.row >= end)) drawn.push({ row: rows[place.row]!, index: place.row });
  return (
    <div class="scroller" ref={scroller}>
      <div
        role="grid"
        class="picture-grid"
        aria-label={strings.grid}
        aria-description={strings.keys}
        aria-rowcount={rows.length}
        style={{ height: totalHeight(rows) }}
        onKeyDown={keyDown}
      >
        {drawn.map(({ row, index }) => (
          <Row
            key={`${row.group.id}/${index}`}
            row={row}
            index={index}
            currentFile={place?.row === index ? current?.file : undefined}
            onFocus={onCurrent}
            onOpen={onOpen}
            post={post}
            strings={strings}
          />
        ))}
      </div>
    </div>
  );
}

interface View {
  top: number;
  width: number;
  height: number;
}

function sameView(a: View, b: View): boolean {
  return a.top === b.top && a.width === b.width && a.height === b.height;
}
