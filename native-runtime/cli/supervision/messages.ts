import type { UsedFile } from '../../../src/common/modelFiles';

/** Signals that ask a command to stop. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One of {@link stopSignals}. */
export type StopSignal = (typeof stopSignals)[number];

/** What a command tells the process that watches it: the facts that process needs to say what it died of. */
export type Report =
  /** The run it trains in; null when that is over. */
  | { kind: 'run'; folder: string | null }
  /** The base model, and its weight files as they were when it was opened. */
  | { kind: 'model'; path: string; files: UsedFile[] }
  /** Whether it stops by itself when it is asked to, or is ended by the signal. */
  | { kind: 'stops'; on: boolean };

/** What the watching process tells a command: how often it got a signal itself. */
export interface StopNote {
  kind: 'stop';
  signal: StopSignal;
  count: number;
}

/** Checks a message of a command. */
export function parseReport(message: unknown): Report | undefined {
  const fields = fieldsOf(message);
  const { kind, folder, path, files, on } = fields;
  if (kind === 'run' && (folder === null || isPath(folder))) return { kind, folder };
  if (kind === 'stops' && typeof on === 'boolean') return { kind, on };
  if (kind === 'model' && isPath(path) && Array.isArray(files) && files.every(isUsedFile)) return { kind, path, files };
  return undefined;
}

/** Checks a message of the watching process. */
export function parseStopNote(message: unknown): StopNote | undefined {
  const { kind, signal, count } = fieldsOf(message);
  const known = stopSignals.find((name) => name === signal);
  if (kind !== 'stop' || !known || typeof count !== 'number' || !Number.isInteger(count)) return undefined;
  return { kind, signal: known, count };
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

/** Whether a value is a file and its length. */
export function isUsedFile(value: unknown): value is UsedFile {
  const { path, bytes } = fieldsOf(value);
  return isPath(path) && typeof bytes === 'number';
}
