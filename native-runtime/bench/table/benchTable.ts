import { join } from 'node:path';
import { productRoot } from '../../productRoot';
import { describeMachine, ownVersions } from '../machine';
import { longTable, mainTable } from './benchTables';
import { writeMarkedSection } from './markedSection';
import { measurePair } from './measurePair';
import type { Measurement } from './measurement';
import { diffusersVersion } from './peer';
import { addMeasurement, readMeasurements } from './resultsFile';
import { latestSeries, mayJoin } from './series';
import { tableRows, type FilePrecision, type RowSettings, type TableRow } from './tableRows';

/** How the tables are measured. */
export interface BenchTableOptions {
  /** A base for each precision of its files that is to be measured. */
  bases: Partial<Record<FilePrecision, string>>;
  /** Rows to measure. */
  rows: readonly TableRow[];
  settings: RowSettings;
  /** Pairs of runs for each row. */
  rounds: number;
  /** The most pairs of this call; the next call goes on. */
  pairs: number;
  /** The program of the reference, and its first arguments. */
  peer?: readonly string[];
  /** Measure rows anew that were measured already. */
  again: boolean;
  /** The file of all results. */
  results: string;
}

/** A pair that is still to be measured. */
interface Due {
  row: TableRow;
  precision: FilePrecision;
  series: string;
  /** Pairs that the series has already. */
  done: number;
}

/** Measures what is missing and returns how many pairs are left to measure. Every pair is kept at once. */
export async function measureTable(options: BenchTableOptions, say: (line: string) => void): Promise<number> {
  const started = new Date().toISOString();
  const known = options.peer ? await diffusersVersion(options.peer) : {};
  const due = dueSeries(options, await readMeasurements(options.results), started);
  let left = due.reduce((sum, { done }) => sum + options.rounds - done, 0);
  let budget = Math.min(options.pairs, left);
  for (const { row, precision, series, done } of due)
    for (let round = done; round < options.rounds && budget > 0; round++, budget--, left--) {
      say(`${row.id} ${precision}: pair ${round + 1} of ${options.rounds}`);
      const base = options.bases[precision]!;
      const { settings, peer } = options;
      const figures = await measurePair(row, { base, settings, peer, referenceFirst: round % 2 === 1 });
      const torch = figures.reference?.torch;
      const versions = { ...ownVersions(), ...known, ...(torch ? { PyTorch: torch } : {}) };
      const about = { row: row.id, precision, series, at: new Date().toISOString(), machine: describeMachine() };
      const pair: Measurement = { ...about, settings, versions, ...figures };
      await addMeasurement(options.results, pair);
      say(outcome(pair, row));
    }
  return left;
}

/** The series that have fewer pairs than asked for, and those that are to be measured again. */
export function dueSeries(
  { bases, rows, settings, rounds, peer, again }: BenchTableOptions,
  all: readonly Measurement[],
  started: string,
): Due[] {
  const machine = describeMachine();
  const due: Due[] = [];
  for (const precision of ['fp32', 'fp16'] as const) {
    if (!bases[precision]) continue;
    for (const row of rows) {
      const latest = latestSeries(all, row.id, precision);
      const counting = settingsOf(row, settings);
      const goesOn = mayJoin(latest, { settings: counting, machine, reference: peer !== undefined });
      if (!goesOn || (again && latest.length >= rounds)) due.push({ row, precision, series: started, done: 0 });
      else if (latest.length < rounds) due.push({ row, precision, series: latest[0]!.series, done: latest.length });
    }
  }
  return due;
}

/** The settings that a row's figures depend on: only a fine-tune has steps, and it is not repeated. */
function settingsOf({ time }: TableRow, { steps, repeat, ...others }: RowSettings): Partial<RowSettings> {
  return time === 'seconds' ? { ...others, repeat } : { ...others, steps };
}

function outcome({ ours, reference }: Measurement, { time }: TableRow): string {
  const [own, other] = [ours[time]!, reference?.[time]];
  const memory = (bytes?: number) => (bytes === undefined ? '–' : `${(bytes / 1e9).toFixed(2)} GB`);
  const ratio = other === undefined ? '' : `, ${(own / other).toFixed(2)} of ${other.toFixed(2)} s`;
  return `  ${own.toFixed(2)} s${ratio}; ${memory(ours.peakRssBytes)} and ${memory(reference?.peakRssBytes)}`;
}

/** Writes the tables of all results into the README and docs/performance.md. */
export async function writeTables(results: string): Promise<void> {
  const all = (await readMeasurements(results)).filter(({ row }) => tableRows.some(({ id }) => id === row));
  await writeMarkedSection(join(productRoot(), 'README.md'), 'table', mainTable(all));
  await writeMarkedSection(join(productRoot(), 'docs', 'performance.md'), 'table', longTable(all));
}
