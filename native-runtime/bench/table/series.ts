import type { Measurement } from './measurement';
import type { FilePrecision, RowSettings, TableRow } from './tableRows';

/** The pairs of a row that were measured last and belong together; empty when it never was. */
export function latestSeries(all: readonly Measurement[], row: string, precision: FilePrecision): Measurement[] {
  const own = all.filter((pair) => pair.row === row && pair.precision === precision);
  const series = own.at(-1)?.series;
  return own.filter((pair) => pair.series === series);
}

/** What a series must have been measured with to be gone on with. */
export interface SeriesNeeds {
  /** Those that count for the row. */
  settings: Partial<RowSettings>;
  machine: string;
  /** Whether pairs hold the reference's figures. */
  reference: boolean;
}

/** Whether further pairs may join a series: the same machine, settings and tools. */
export function mayJoin(series: readonly Measurement[], { settings, machine, reference }: SeriesNeeds): boolean {
  const [first] = series;
  return (
    first !== undefined &&
    first.machine === machine &&
    (first.reference !== undefined) === reference &&
    Object.entries(settings).every(([key, value]) => first.settings[key as keyof RowSettings] === value)
  );
}

/** What is measured of a pair in one number each; the reference's is divided by. */
export interface PairRatios {
  time: number;
  memory: number;
  /** Time from the start of the process to the first result; a whole fine-tune has none. */
  start?: number;
}

/** Ours divided by the reference's, pair by pair; pairs without the reference are left out. */
export function pairRatios(series: readonly Measurement[], { time }: Pick<TableRow, 'time'>): PairRatios[] {
  return series.flatMap(({ ours, reference }) => {
    const [own, other] = [ours[time], reference?.[time]];
    if (!reference || own === undefined || other === undefined) return [];
    const start =
      ours.startSeconds !== undefined && reference.startSeconds !== undefined
        ? { start: ours.startSeconds / reference.startSeconds }
        : {};
    return [{ time: own / other, memory: ours.peakRssBytes / reference.peakRssBytes, ...start }];
  });
}

/** The middle of some numbers, or between the two in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
