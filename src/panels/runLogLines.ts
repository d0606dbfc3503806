import type { RunLogLine } from '../common/webview/run';
import type { RunCourse } from './runFeed';
import { warningText } from './warningText';

/** So many lines, the last ones, are shown. */
const mostLines = 200;

/** Texts of the log, in the editor's language. */
export interface LogTexts {
  checkpoint: (step: number) => string;
  samples: (step: number) => string;
  notFinite: (step: number) => string;
}

/** What happened in a run in the order of its steps; warnings without a step come first. */
export function runLogLines(course: RunCourse, earlierWarnings: readonly string[], texts: LogTexts): RunLogLine[] {
  const told = new Set(course.warnings);
  const warnings = [...earlierWarnings.filter((text) => !told.has(text)), ...course.warnings];
  const lines: (RunLogLine & { step: number })[] = [
    ...warnings.map((text) => ({ kind: 'warning' as const, text: warningText(text), step: stepOf(text) })),
    ...course.steps
      .filter(({ applied, step }) => !applied && !warnings.some((text) => stepOf(text) === step))
      .map(({ step }) => ({ kind: 'warning' as const, text: texts.notFinite(step), step })),
    ...course.grids.map(({ step }) => ({ kind: 'info' as const, text: texts.samples(step), step })),
    ...course.checkpoints.map(({ step }) => ({ kind: 'checkpoint' as const, text: texts.checkpoint(step), step })),
  ];
  return lines
    .sort((a, b) => a.step - b.step)
    .slice(-mostLines)
    .map(({ kind, text }) => ({ kind, text }));
}

/** The runtime's warnings about a step start with it. */
function stepOf(warning: string): number {
  return Number(/^step (\d+):/.exec(warning)?.[1] ?? -1);
}
