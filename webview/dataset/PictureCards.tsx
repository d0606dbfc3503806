import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../fineTune/page';
import { LazyItem } from './LazyItem';
import { movePicture } from './movePicture';

/** From this many pictures on, only those near the visible part of the page exist. */
const lazyFrom = 60;

const card = '.picture';
const control = 'vscode-button, vscode-checkbox, button';

/** What a card is told of its place in the grid. */
interface Place {
  isCurrent: boolean;
  onFocus: () => void;
}

/**
 * The cards of a folder's pictures: one stop of the Tab key. Arrow keys move from card to card, Enter or F2 goes to the
 * controls of one, Escape comes back to it.
 */
export function PictureCards({
  label,
  files,
  children,
}: {
  label: string;
  files: readonly string[];
  children: (file: string, place: Place) => ComponentChildren;
}) {
  const { strings } = usePage();
  const grid = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<string>();
  const movesFocus = useRef(false);
  // Something must be reachable with the Tab key, also when the chosen picture is gone.
  const current = chosen !== undefined && files.includes(chosen) ? chosen : files[0];

  useLayoutEffect(() => {
    if (movesFocus.current) grid.current?.querySelector<HTMLElement>(`${card}[tabindex="0"]`)?.focus();
    movesFocus.current = false;
  }, [current]);

  const keyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const own = target.closest<HTMLElement>(card);
    if (!own || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target !== own) {
      if (event.key !== 'Escape') return;
      own.focus();
    } else if (event.key === 'Enter' || event.key === 'F2') {
      own.querySelector<HTMLElement>(control)?.focus();
    } else {
      const place = files.indexOf(current ?? '');
      const next = movePicture(event.key, place, files.length, columnsOf(grid.current!));
      if (next === undefined) return;
      movesFocus.current = true;
      setChosen(files[next]);
    }
    event.preventDefault();
  };

  if (files.length === 0) return null;
  return (
    <ul
      ref={grid}
      role="grid"
      class="pictures"
      aria-label={label}
      aria-description={strings.pictureKeys}
      onKeyDown={keyDown}
    >
      {files.map((file) => (
        <LazyItem key={file} role="row" lazy={files.length >= lazyFrom && file !== current} className="picture-item">
          {children(file, { isCurrent: file === current, onFocus: () => setChosen(file) })}
        </LazyItem>
      ))}
    </ul>
  );
}

/** How many cards stand side by side; the width of the page decides. */
function columnsOf(grid: HTMLElement): number {
  const tops = [...grid.children].map((item) => (item as HTMLElement).offsetTop);
  return tops.filter((top) => top === tops[0]).length;
}
