import { access, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { l10n } from '../translation';
import { listCheckpoints, type Checkpoint } from './checkpoints';
import { readHostNote, type HostNote } from './hostNote';
import { liveLockHolder, type LockHolder } from './lockHolder';
import { readLogTail } from './logTail';
import {
  readRunConfig,
  readRunManifest,
  type Document,
  type RunConfigFacts,
  type RunManifestFacts,
} from './runDocuments';

/** How a run on disk stands; `interrupted` when its process died, `damaged` when its files cannot be made sense of. */
export type RunState = 'running' | 'paused' | 'stopped' | 'interrupted' | 'finished' | 'failed' | 'damaged';

/** A run as the list shows it. */
export interface RunSummary {
  folder: string;
  name: string;
  state: RunState;
  /** Steps done, and steps in all. */
  step: number;
  steps: number;
  lastLoss?: number;
  /** A freeze mode, or `layers` for a selection of layers. */
  mode: string;
  concepts: RunConfigFacts['concepts'];
  base: string;
  /** The file of the fine-tune, once there is one. */
  delta?: string;
  /** Oldest first; a resumed run goes on from the last one. */
  checkpoints: Checkpoint[];
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The process that works on it. */
  holder?: LockHolder;
  /** Why it failed, or what is damaged. */
  error?: string;
  /** What kind of failure it was; see `ErrorCode`. */
  errorCode?: string;
}

/** Reads a run folder. Bad files never throw; undefined when the folder holds no run. */
export async function readRunSummary(folder: string): Promise<RunSummary | undefined> {
  const [config, manifest, holder, tail, note, checkpoints, delta, startedAt] = await Promise.all([
    readRunConfig(folder),
    readRunManifest(folder),
    liveLockHolder(folder),
    readLogTail(join(folder, 'log.jsonl')),
    readHostNote(folder),
    listCheckpoints(folder),
    existing(join(folder, 'delta.safetensors')),
    startOf(folder),
  ]);
  const isRun = [config, manifest].some(({ value, problem }) => value ?? problem) || holder;
  if (!isRun) return undefined;
  const step = Math.max(tail?.last.step ?? 0, manifest.value?.step ?? 0);
  return {
    folder,
    ...describe(config.value, folder),
    ...standing(config, manifest, holder, note, step),
    step,
    ...(tail?.lastLoss !== undefined && { lastLoss: tail.lastLoss }),
    ...(delta && { delta }),
    checkpoints,
    startedAt,
    ...(holder && { holder }),
  };
}

function describe(config: RunConfigFacts | undefined, folder: string) {
  return {
    name: config?.name ?? basename(folder),
    steps: config?.steps ?? 0,
    mode: config ? (config.mode ?? 'layers') : '',
    concepts: config?.concepts ?? [],
    base: config?.base ?? '',
  };
}

function standing(
  config: Document<RunConfigFacts>,
  manifest: Document<RunManifestFacts>,
  holder: LockHolder | undefined,
  note: HostNote | undefined,
  step: number,
): Pick<RunSummary, 'state' | 'error' | 'errorCode'> {
  if (holder) return { state: 'running' };
  const problem = config.problem ?? manifest.problem ?? (config.value ? undefined : l10n.t('config.json is missing'));
  if (problem !== undefined) return { state: 'damaged', error: problem };
  // A run that died before its first manifest.
  if (!manifest.value) return { state: 'interrupted' };
  const { status, error, errorCode } = manifest.value;
  const noted = note?.step === step ? note.stop : undefined;
  switch (status) {
    case 'running':
      return { state: noted === 'now' ? 'stopped' : 'interrupted' };
    case 'stopped':
      return { state: noted === 'pause' ? 'paused' : 'stopped' };
    case 'finished':
      return { state: 'finished' };
    case 'failed':
      return { state: 'failed', error: error ?? l10n.t('the run failed'), ...(errorCode && { errorCode }) };
  }
}

async function existing(path: string): Promise<string | undefined> {
  return access(path).then(
    () => path,
    () => undefined,
  );
}

/** The time in the folder's name, or that of its configuration: copies keep the first. */
async function startOf(folder: string): Promise<number> {
  const named = /^(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-/.exec(basename(folder));
  if (named) {
    const [year, month, day, hour, minute] = named.slice(1).map(Number) as [number, number, number, number, number];
    return new Date(year, month - 1, day, hour, minute).getTime();
  }
  return stat(join(folder, 'config.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
