import type { RunView } from '../../src/common/webview/run';
import type { runStrings } from '../../src/common/webview/runStrings';
import type { StepColumns } from '../../src/common/webview/runSteps';

/** The pages of the charts. */
export type ChartTab = 'loss' | 'timestep' | 'gradient' | 'rate';

/** Something a run logs at every step, and how its line looks. */
export interface Quantity {
  id: string;
  label: string;
  /** Name of the theme's variable. */
  color: string;
  /** Lengths of dash and gap in pixels, empty for a whole line: colour alone tells nothing to many. */
  dash: number[];
  values(columns: StepColumns): Float64Array;
}

// Without orange: it is two thirds transparent in the usual themes, and missing in those of high contrast.
const conceptLooks = [
  { color: '--vscode-charts-green', dash: [8, 4] },
  { color: '--vscode-charts-red', dash: [2, 3] },
  { color: '--vscode-charts-yellow', dash: [12, 3, 2, 3] },
  { color: '--vscode-charts-foreground', dash: [4, 2] },
];

/** The quantities of a page of the charts. */
export function quantitiesOf(
  tab: ChartTab,
  { concepts }: Pick<RunView, 'concepts'>,
  columns: StepColumns,
  strings: typeof runStrings,
): Quantity[] {
  const blue = { color: '--vscode-charts-blue', dash: [] };
  if (tab === 'gradient')
    return [{ id: 'gradientNorm', label: strings.gradientNorm, ...blue, values: (c) => c.gradientNorm }];
  if (tab === 'rate')
    return [{ id: 'learningRate', label: strings.learningRate, ...blue, values: (c) => c.learningRate }];
  const total: Quantity = { id: 'total', label: strings.total, ...blue, values: (c) => c.loss };
  if (tab === 'timestep') return [total];
  const prior: Quantity = {
    id: 'prior',
    label: strings.prior,
    color: '--vscode-charts-purple',
    dash: [6, 3, 1, 3],
    values: (c) => c.priorLoss,
  };
  const hasPrior = columns.priorLoss.some((value) => Number.isFinite(value));
  const ofConcepts = concepts.map<Quantity>(({ modifierToken, classNoun }, i) => ({
    id: `concept${i}`,
    label: `${modifierToken} ${classNoun}`,
    ...conceptLooks[i % conceptLooks.length]!,
    values: (c) => c.instanceLosses[i] ?? new Float64Array(c.steps.length).fill(NaN),
  }));
  return [total, ...ofConcepts, ...(hasPrior ? [prior] : [])];
}
