import type { AttentionStrings } from '../../src/common/webview/attentionStrings';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { nextSort, percent, sortRows, type MassColumn, type MassRow, type MassSort } from './massRows';
import type { Pins } from './pins';

/** The table of each word's share. */
export interface MassTableProps {
  strings: AttentionStrings;
  rows: readonly MassRow[];
  sort: MassSort;
  onSort: (sort: MassSort) => void;
  pins: Pins;
  onPin: (id: string) => void;
  onPeek: (id: string | undefined) => void;
}

/** Sorted by the buttons in its head; a word's button pins it. */
export function MassTable({ strings, rows, sort, onSort, pins, onPin, onPeek }: MassTableProps) {
  const columns: readonly [MassColumn, string, boolean][] = [
    ['text', strings.columnWord, false],
    ['positions', strings.columnPositions, false],
    ['mass', strings.columnMass, true],
    ['peak', strings.columnPeak, true],
  ];
  const most = Math.max(...rows.map(({ mass }) => mass), Number.MIN_VALUE);
  return (
    <div class="scroll-x">
      <table class="masses">
        <caption class="note">{strings.tableHint}</caption>
        <thead>
          <tr>
            {columns.map(([column, label, numeric]) => (
              <th key={column} scope="col" class={numeric ? 'number' : undefined} aria-sort={ariaSort(sort, column)}>
                <button
                  type="button"
                  class="plain"
                  title={formatText(strings.sortBy, label)}
                  onClick={() => onSort(nextSort(sort, column))}
                >
                  {label}
                  {sort.column === column && <Icon name={sort.descending ? 'chevron-down' : 'chevron-up'} />}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, sort).map(({ id, text, positions, isModifier, mass, peak }) => (
            <tr key={id} class={pins.includes(id) ? 'pinned' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="plain"
                  aria-pressed={pins.includes(id)}
                  aria-label={formatText(strings.pinWord, text)}
                  onClick={() => onPin(id)}
                  onFocus={() => onPeek(id)}
                  onBlur={() => onPeek(undefined)}
                  onMouseEnter={() => onPeek(id)}
                  onMouseLeave={() => onPeek(undefined)}
                >
                  <Icon name={pins.includes(id) ? 'pinned' : 'pin'} />
                  {text}
                  {isModifier && <span class="mark">{strings.learned}</span>}
                </button>
              </th>
              <td>{spans(positions)}</td>
              <td class="number">
                <span class="share">
                  <span class="bar" style={{ width: `${(100 * mass) / most}%` }} />
                </span>
                <span class="amount">{percent(mass)}</span>
              </td>
              <td class="number">{percent(peak)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ariaSort(sort: MassSort, column: MassColumn): 'ascending' | 'descending' | 'none' {
  if (sort.column !== column) return 'none';
  return sort.descending ? 'descending' : 'ascending';
}

/** Positions with runs drawn together: `5, 8–76`. */
function spans(positions: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const position of positions) {
    const last = runs.at(-1);
    if (last && position === last[1] + 1) last[1] = position;
    else runs.push([position, position]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(', ');
}
