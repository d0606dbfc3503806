import type { StepRange } from './chartView';
import type { TimestepBin } from './timestepBins';

/** One line of a chart. */
export interface ChartLine {
  id: string;
  color: string;
  dash: readonly number[];
  width: number;
  alpha: number;
  values: Float64Array;
  /** See `DenseLine`. */
  isSmooth: boolean;
}

/** Lines over steps. */
export interface LinesContent {
  kind: 'lines';
  steps: Float64Array;
  lines: ChartLine[];
  range: StepRange;
  isLog: boolean;
}

/** Bars over timesteps, with another run's values as marks. */
export interface BarsContent {
  kind: 'bars';
  bins: TimestepBin[];
  others?: TimestepBin[];
  color: string;
  isLog: boolean;
}

/** What a chart shows. */
export type ChartContent = LinesContent | BarsContent;

/** Two contents with the same shape are drawn by the same plot with other data. */
export function contentShape(content: ChartContent): string {
  const lines = content.kind === 'lines' ? content.lines.map(({ values: _, ...look }) => look) : [!!content.others];
  return JSON.stringify([content.kind, content.isLog, lines]);
}
