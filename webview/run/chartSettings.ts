import type { ChartTab } from './quantities';

/** What the user chose about the charts; the page remembers it. */
export interface ChartSettings {
  tab: ChartTab;
  smoothing: number;
  showRaw: boolean;
  isLog: boolean;
  /** Ids of quantities that are switched off. */
  hidden: string[];
  /** Steps the timestep bins are made of: all, the last so many, or what the loss chart shows. */
  window: 'all' | 'zoomed' | '100' | '1000';
}

/** Before anything was chosen. */
export const defaultChartSettings: ChartSettings = {
  tab: 'loss',
  smoothing: 0.9,
  showRaw: true,
  isLog: false,
  hidden: [],
  window: 'all',
};

/** The steps that the timestep bins are made of. */
export function windowRange(
  window: ChartSettings['window'],
  zoomed: { min: number; max: number },
  lastStep: number,
): { min: number; max: number } {
  if (window === 'zoomed') return zoomed;
  if (window === 'all') return { min: 1, max: lastStep };
  return { min: Math.max(1, lastStep - Number(window) + 1), max: lastStep };
}

/** A list of ids with one switched on or off. */
export function toggled(hidden: readonly string[], id: string): string[] {
  return hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id];
}
