import type { StepRecord } from '../common/protocol/training';

/** All steps as comma-separated values with a head line, one column for each concept; empty where there is no value. */
export function runCsv(steps: readonly StepRecord[], concepts: readonly { modifierToken: string }[]): string {
  const head = [
    'step',
    'loss',
    ...concepts.map(({ modifierToken }) => `loss ${modifierToken}`),
    'prior loss',
    'gradient norm',
    'learning rate',
    'applied',
    'seconds',
    'rss bytes',
    'timesteps',
  ];
  const rows = steps.map((record) => [
    record.step,
    record.loss,
    ...concepts.map((_, i) => record.instanceLosses[i]),
    record.priorLoss,
    record.gradientNorm,
    record.learningRate,
    record.applied,
    record.seconds,
    record.rssBytes,
    record.timesteps.join(' '),
  ]);
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Spreadsheets take text that starts like a formula for one. */
function cell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
