import type { StepColumns } from '../../src/common/webview/runSteps';
import type { ChartLine } from './chartContent';
import { alignTo, unionOfSteps } from './mergeSteps';
import type { Quantity } from './quantities';
import { smooth } from './smoothing';

/** How curves are drawn. */
export interface LineSettings {
  /** Weight of the past in the smoothed curves; 0 for none. */
  smoothing: number;
  /** Whether the values themselves are drawn beside the smoothed curves. */
  showRaw: boolean;
}

/** The dash of another run's curves. */
export const overlayDash = [1, 4] as const;

/** The lines of the quantities, and the steps they go over; another run's come as dotted lines of the same colours. */
export function chartLines(
  quantities: readonly Quantity[],
  own: StepColumns,
  other: StepColumns | undefined,
  { smoothing, showRaw }: LineSettings,
): { steps: Float64Array; lines: ChartLine[] } {
  const steps = other ? unionOfSteps(own.steps, other.steps) : own.steps;
  const lines: ChartLine[] = [];
  const add = (
    quantity: Quantity,
    columns: StepColumns,
    look: Pick<ChartLine, 'dash' | 'width' | 'alpha'>,
    weight: number,
  ) => {
    const values = quantity.values(columns);
    const drawn = alignTo(steps, columns.steps, weight > 0 ? smooth(values, weight) : values);
    lines.push({ id: quantity.id, color: quantity.color, ...look, values: drawn, isSmooth: weight > 0 });
  };
  // Faint ones first: the smoothed curves lie on top.
  if (smoothing > 0 && showRaw) for (const q of quantities) add(q, own, { dash: [], width: 1, alpha: 0.3 }, 0);
  for (const q of quantities) add(q, own, { dash: q.dash, width: 2, alpha: 1 }, smoothing);
  if (other) for (const q of quantities) add(q, other, { dash: overlayDash, width: 2, alpha: 1 }, smoothing);
  return { steps, lines };
}
