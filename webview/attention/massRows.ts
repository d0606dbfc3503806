import type { AttentionMaps } from '../../src/common/attention/attentionMaps';
import { massTable, wordMaps } from '../../src/common/attention/words';
import type { Target } from './targets';

/** One line of the table of attention shares. */
export interface MassRow {
  id: string;
  text: string;
  positions: readonly number[];
  isModifier: boolean;
  /** Mean probability over the picture. */
  mass: number;
  /** Largest value of its map. */
  peak: number;
}

/** The columns that the table can be sorted by; `order` is the prompt's. */
export type MassColumn = 'order' | 'text' | 'positions' | 'mass' | 'peak';

/** How the table is sorted. */
export interface MassSort {
  column: MassColumn;
  descending: boolean;
}

/** A line for each word. */
export function massRows(maps: AttentionMaps, words: readonly Target[]): MassRow[] {
  const masses = massTable(maps, words);
  const found = wordMaps(maps, words);
  return words.map(({ id, text, positions, isModifier }, i) => ({
    id,
    text,
    positions,
    isModifier,
    mass: masses[i]!.mass,
    peak: found[i]!.data.reduce((most, value) => Math.max(most, value), 0),
  }));
}

/** The lines sorted; equal ones stay in the prompt's order. */
export function sortRows(rows: readonly MassRow[], { column, descending }: MassSort): MassRow[] {
  const sign = descending ? -1 : 1;
  const sorted = [...rows];
  switch (column) {
    case 'order':
      return descending ? sorted.reverse() : sorted;
    case 'text':
      return sorted.sort((a, b) => sign * a.text.localeCompare(b.text));
    case 'positions':
      return sorted.sort((a, b) => sign * ((a.positions[0] ?? 0) - (b.positions[0] ?? 0)));
    default:
      return sorted.sort((a, b) => sign * (a[column] - b[column]));
  }
}

/** A click on a column's head: numbers start with the largest, a second click turns the order round. */
export function nextSort(sort: MassSort, column: MassColumn): MassSort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column === 'mass' || column === 'peak' };
}

/** The lines as comma-separated values, with their pieces' positions and full precision. */
export function massCsv(rows: readonly MassRow[], source: string): string {
  const head = ['word', 'positions', 'learned', 'mean_probability', 'peak_probability', 'maps'];
  const lines = rows.map(({ text, positions, isModifier, mass, peak }) =>
    [text, positions.join(' '), isModifier ? 'yes' : 'no', String(mass), String(peak), source].map(quoted).join(','),
  );
  return `${[head.join(','), ...lines].join('\r\n')}\r\n`;
}

/** A probability as people read it. */
export function percent(mass: number): string {
  return `${(100 * mass).toFixed(mass < 0.01 ? 2 : 1)} %`;
}

/** Quotes what would fall apart in a spreadsheet, and keeps it from being taken for a formula. */
function quoted(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
