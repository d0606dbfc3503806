import { markdownTable } from '../../evaluate/markdownTable';
import type { Measurement } from './measurement';
import { latestSeries, median, pairRatios, type PairRatios } from './series';
import { startRow, tableRows, type FilePrecision, type TableRow } from './tableRows';

const precisions: readonly FilePrecision[] = ['fp32', 'fp16'];
const missing = '–';

/** The main figures: medians of ratios, ours by the reference's. */
export function mainTable(all: readonly Measurement[]): string {
  const header = ['task', 'time', 'peak memory', 'time, fp16 files', 'peak memory, fp16 files'];
  const lines = tableRows.map((row) => [labelOf(row, all), ...precisions.flatMap((at) => mainCells(row, at, all))]);
  const start = precisions.flatMap((at) => [middle(ratiosOf(startRow, at, all), 'start'), '']);
  return `${conditions(all)}\n\n${markdownTable(header, [...lines, ['start to the first step', ...start]])}`;
}

function mainCells(row: TableRow, precision: FilePrecision, all: readonly Measurement[]): string[] {
  const ratios = ratiosOf(row.id, precision, all);
  return [middle(ratios, 'time'), middle(ratios, 'memory')];
}

/** Every repetition: seconds and memory of both, and the ratios of all pairs. */
export function longTable(all: readonly Measurement[]): string {
  const header = ['task', 'ours, s', 'PyTorch, s', 'ratio', 'peak memory, GB', 'start to the first result, s'];
  const lines = precisions.flatMap((precision) =>
    tableRows.flatMap((row) => {
      const series = latestSeries(all, row.id, precision);
      return series.length ? [longLine(row, precision, series)] : [];
    }),
  );
  return `${conditions(all)}\n\n${markdownTable(header, lines)}`;
}

function longLine(row: TableRow, precision: FilePrecision, series: readonly Measurement[]): string[] {
  const ratios = pairRatios(series, row);
  const seconds = (tool: 'ours' | 'reference') => listed(series.map((pair) => pair[tool]?.[row.time]));
  const memory = (tool: 'ours' | 'reference') => gigabytes(series.map((pair) => pair[tool]?.peakRssBytes));
  const start = (tool: 'ours' | 'reference') => listed(series.map((pair) => pair[tool]?.startSeconds));
  return [
    `${labelOf(row, series)}, ${precision}`,
    seconds('ours'),
    seconds('reference'),
    `${middle(ratios, 'time')} (${ratios.map(({ time }) => time.toFixed(2)).join(' ')})`,
    `${memory('ours')} / ${memory('reference')} (${middle(ratios, 'memory')})`,
    row.time === 'seconds' ? `${start('ours')} / ${start('reference')}` : missing,
  ];
}

/** A fine-tune's name says how many steps it had. */
function labelOf(row: TableRow, all: readonly Measurement[]): string {
  if (row.time === 'seconds') return row.label;
  const steps = precisions.map((at) => latestSeries(all, row.id, at).at(-1)?.settings.steps).find((n) => n);
  return steps ? `${row.label}, ${steps} steps` : row.label;
}

/** When, on what and with what versions the figures were measured. */
function conditions(all: readonly Measurement[]): string {
  const shown = precisions.flatMap((at) => tableRows.flatMap(({ id }) => latestSeries(all, id, at)));
  if (!shown.length) return 'Not measured yet.';
  const days = [...new Set(shown.map(({ at }) => at.slice(0, 10)))].sort();
  const date = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0];
  const unique = (of: (pair: Measurement) => string) => [...new Set(shown.map(of))].join('; ');
  const versions = new Map(shown.flatMap((pair) => Object.entries(pair.versions)));
  const pairs = shown.length ? countRange(shown) : '';
  return [
    `Measured ${date} on ${unique(({ machine }) => machine)}; ${unique(({ settings }) => `${settings.resolution} px, ${settings.threads} threads`)};`,
    `${[...versions].map(([name, version]) => `${name} ${version}`).join(', ')}; ${pairs}.`,
  ].join('\n');
}

function countRange(shown: readonly Measurement[]): string {
  const counts = new Map<string, number>();
  for (const { row, precision } of shown)
    counts.set(`${row} ${precision}`, (counts.get(`${row} ${precision}`) ?? 0) + 1);
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())];
  const pairs = least === most ? `${most} pairs` : `${least} to ${most} pairs`;
  return `medians of ${most === 1 ? '1 pair' : pairs} of runs, alternating`;
}

function ratiosOf(id: string, precision: FilePrecision, all: readonly Measurement[]): PairRatios[] {
  const row = tableRows.find((candidate) => candidate.id === id)!;
  return pairRatios(latestSeries(all, id, precision), row);
}

function middle(ratios: readonly PairRatios[], of: keyof PairRatios): string {
  return median(ratios.flatMap((ratio) => ratio[of] ?? []))?.toFixed(2) ?? missing;
}

/** The median, and what it is the median of. */
function listed(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const value = median(known);
  if (value === undefined) return missing;
  const digits = value < 1 ? 3 : value < 100 ? 2 : 0;
  const text = (x: number) => x.toFixed(digits);
  return known.length > 1 ? `${text(value)} (${known.map(text).join(' ')})` : text(value);
}

function gigabytes(values: readonly (number | undefined)[]): string {
  const value = median(values.filter((bytes) => bytes !== undefined));
  return value === undefined ? missing : (value / 1e9).toFixed(2);
}
