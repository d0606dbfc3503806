import { isActive, type RunState } from '../common/webview/runControls';
import type { RunSummary } from '../runs/runSummary';
import type { LiveRunState, TrainingRun } from '../worker/trainingRun';

/** A run as lists show it: what its files say, and what this session knows better. */
export interface RunEntry {
  /** The folder, or the job of a run that has none yet. */
  id: string;
  folder?: string;
  name: string;
  state: RunState;
  /** It was asked to end and has not yet. */
  isStopping: boolean;
  step: number;
  steps: number;
  lastLoss?: number;
  /** A freeze mode, or `layers`. */
  mode: string;
  concepts: { modifierToken: string; classNoun: string }[];
  base: string;
  checkpoints: readonly { step: number; folder: string }[];
  delta?: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  problem?: string;
  /** What kind of failure it was; see `ErrorCode`. */
  errorCode?: string;
  /** The run of this session, as long as its files do not tell the same. */
  live?: TrainingRun;
}

const liveStates: Record<LiveRunState, RunState> = {
  waiting: 'queued',
  starting: 'preparing',
  preparing: 'preparing',
  compiling: 'preparing',
  training: 'training',
  stopping: 'training',
  finished: 'finished',
  stopped: 'stopped',
  paused: 'paused',
  interrupted: 'interrupted',
  failed: 'failed',
  discarded: 'stopped',
};

/** Joins the runs on disk with those of this session, the newest first. Discarded runs are left out. */
export function runEntries(summaries: readonly RunSummary[], live: readonly TrainingRun[]): RunEntry[] {
  const bySession = new Map(live.map((run) => [run.folder ?? run.job, run]));
  const onDisk = new Set(summaries.map(({ folder }) => folder));
  const entries = summaries.map((summary) => {
    const run = bySession.get(summary.folder);
    // Finished by another program since it ended here.
    const isOutdated =
      run && ['interrupted', 'failed', 'stopped', 'paused'].includes(run.state) && summary.state === 'finished';
    return runEntry(summary, isOutdated ? undefined : run);
  });
  const withoutFiles = live.filter((run) => !onDisk.has(run.folder ?? run.job) && !run.hasEnded);
  entries.push(...withoutFiles.map((run) => runEntry(undefined, run)));
  return entries
    .filter(({ live }) => live?.state !== 'discarded')
    .sort((a, b) => b.startedAt - a.startedAt || a.id.localeCompare(b.id));
}

/** One run; at least one of the two is given. */
export function runEntry(summary: RunSummary | undefined, live: TrainingRun | undefined): RunEntry {
  const recorded = live?.steps.findLast(({ loss }) => loss !== null)?.loss;
  return {
    id: summary?.folder ?? live?.folder ?? live?.job ?? '',
    folder: summary?.folder ?? live?.folder,
    name: summary?.name ?? live?.title ?? '',
    state: live ? stateOfSession(live) : stateOnDisk(summary!),
    isStopping: live?.state === 'stopping',
    step: Math.max(live?.step ?? 0, live && isActive(stateOfSession(live)) ? 0 : (summary?.step ?? 0)),
    steps: summary?.steps || (live?.totalSteps ?? 0),
    lastLoss: recorded ?? summary?.lastLoss,
    mode: summary?.mode ?? '',
    concepts: summary?.concepts ?? [],
    base: summary?.base ?? '',
    checkpoints: live?.checkpoints.length ? live.checkpoints : (summary?.checkpoints ?? []),
    delta: live && !live.hasEnded ? undefined : (live?.delta ?? summary?.delta),
    startedAt: summary?.startedAt ?? live?.startedAt ?? 0,
    problem: live?.error ? sentence(live.error) : summary?.error,
    errorCode: live?.error ? live.error.code : summary?.errorCode,
    live,
  };
}

function stateOfSession({ state, steps }: TrainingRun): RunState {
  return state === 'stopping' && steps.length === 0 ? 'preparing' : liveStates[state];
}

function stateOnDisk({ state }: RunSummary): RunState {
  return state === 'running' ? 'elsewhere' : state;
}

function sentence({ problem, remedy }: { problem: string; remedy: string }): string {
  return [problem, remedy].filter(Boolean).join('. ');
}
