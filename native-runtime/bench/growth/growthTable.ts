import { markdownTable } from '../../evaluate/markdownTable';
import type { GrowthAxis, GrowthCase } from './growthCases';
import { growthAxes } from './growthCases';
import type { GrowthPlan } from './growthPlan';

/** What a step took, measured. */
export interface GrowthMeasure {
  seconds: number;
  peakRssBytes: number;
}

/** A case with its plan and, where it was measured, its measure. */
export interface GrowthRow {
  at: GrowthCase;
  plan: GrowthPlan;
  measured?: GrowthMeasure;
}

/** What grows by this much more than the model does is marked. */
const tolerance = 1.05;
const missing = '–';

/**
 * How a step grows along one axis beside the model's own growth. The first case is what the others are compared with; a ratio that grows
 * is in bold.
 */
export function growthTable(axis: GrowthAxis, rows: readonly GrowthRow[]): string {
  const header = [
    growthAxes[axis],
    'TFLOP a step',
    'of the least',
    'calls, of the prediction’s',
    'results at most, MB',
    'of all the model’s',
    'a step, s',
    's by TFLOP',
    'peak memory, MB',
  ];
  const [first] = rows;
  // What a mode trains is work of its own, which the model's prediction does not have.
  const isMarked = axis !== 'mode';
  const lines = rows.map(({ at, plan, measured }) => {
    const ratio = (of: (plan: GrowthPlan) => number) => {
      const text = of(plan).toFixed(2);
      return isMarked && first && of(plan) > of(first.plan) * tolerance ? `**${text}**` : text;
    };
    return [
      axis === 'mode' ? `\`${at.mode}\`` : String(at[axis]),
      (plan.flops / 1e12).toPrecision(3),
      ratio(operationsRatio),
      ratio(callsRatio),
      (plan.peakBytes / 1e6).toFixed(0),
      ratio(bytesRatio),
      measured ? measured.seconds.toPrecision(3) : missing,
      measured ? (measured.seconds / (plan.flops / 1e12)).toPrecision(3) : missing,
      measured ? (measured.peakRssBytes / 1e6).toFixed(0) : missing,
    ];
  });
  return markdownTable(header, lines);
}

const operationsRatio = ({ flops, modelFlops }: GrowthPlan) => flops / modelFlops;
const callsRatio = ({ calls, modelCalls }: GrowthPlan) => calls / modelCalls;
const bytesRatio = ({ peakBytes, modelBytes }: GrowthPlan) => peakBytes / modelBytes;

/** How a whole run grows with the number of its pictures. */
export interface PictureRow {
  pictures: number;
  steps: number;
  /** From the start of the process to its end, without the steps. */
  besideSteps: number;
  /** The median. */
  secondsPerStep: number;
  peakRssBytes: number;
}

/** The table of runs with more and more pictures. */
export function pictureTable(rows: readonly PictureRow[]): string {
  const header = ['pictures', 'steps', 'a step, ms', 'all but the steps, s', 'by picture, ms', 'peak memory, MB'];
  return markdownTable(
    header,
    rows.map((row, i) => {
      const before = rows[i - 1];
      const more = before && (row.besideSteps - before.besideSteps) / (row.pictures - before.pictures);
      return [
        row.pictures,
        row.steps,
        (row.secondsPerStep * 1000).toFixed(0),
        row.besideSteps.toFixed(1),
        more === undefined ? missing : (more * 1000).toFixed(0),
        (row.peakRssBytes / 1e6).toFixed(0),
      ];
    }),
  );
}
