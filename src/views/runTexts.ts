import { formatBytes, formatDuration, formatLoss } from '../common/webview/runNumbers';
import { isActive, type RunState } from '../common/webview/runControls';
import { secondsLeft } from '../common/webview/runEta';
import type { RunEntry } from './runEntry';

/** A state, an icon of the editor's and a colour of its charts for each. */
export const stateLooks: Record<RunState, { icon: string; color?: string }> = {
  queued: { icon: 'clock' },
  preparing: { icon: 'sync~spin', color: 'charts.blue' },
  training: { icon: 'sync~spin', color: 'charts.blue' },
  paused: { icon: 'debug-pause', color: 'charts.yellow' },
  stopped: { icon: 'debug-stop' },
  interrupted: { icon: 'warning', color: 'charts.orange' },
  failed: { icon: 'error', color: 'charts.red' },
  finished: { icon: 'pass', color: 'charts.green' },
  elsewhere: { icon: 'vm-running', color: 'charts.blue' },
  damaged: { icon: 'question', color: 'charts.orange' },
};

/** What stands behind a run's name: `crossattn-kv · 120/800 · 0.083`. */
export function runDescription({ mode, step, steps, lastLoss }: RunEntry): string {
  const parts = [mode, steps ? `${step}/${steps}` : '', lastLoss === undefined ? '' : formatLoss(lastLoss)];
  return parts.filter(Boolean).join(' · ');
}

/** Words that menus look for: what can be done with the run. */
export function runContext(entry: RunEntry): string {
  const { state, delta, checkpoints, folder } = entry;
  const isResumable = ['paused', 'stopped', 'interrupted', 'failed'].includes(state) && checkpoints.length > 0;
  const words = [
    'run',
    isActive(state) && 'running',
    isResumable && 'resumable',
    (delta ?? checkpoints[0]) && 'delta',
    folder && !isActive(state) && state !== 'elsewhere' && 'deletable',
  ];
  return words.filter(Boolean).join(' ');
}

/** Seconds until a run of this session is done; undefined when that is not known. */
export function runSecondsLeft({ live, state, step, steps }: RunEntry): number | undefined {
  if (!live || state !== 'training') return undefined;
  const recent = live.steps.slice(-50).map(({ seconds }) => seconds);
  return secondsLeft(recent, step, steps);
}

/** Texts of the status bar, in the editor's language; {0}, {1} … are filled in by `fill`. */
export interface StatusTexts {
  step: (step: number, steps: number, loss: string) => string;
  priors: (done: number, total: number) => string;
  views: (done: number, total: number) => string;
  compiling: string;
  starting: string;
  stopping: string;
  timeLeft: (duration: string) => string;
  memory: (bytes: string) => string;
  silent: string;
}

/** What the status bar says of the run that is under way. */
export function statusText(entry: RunEntry, texts: StatusTexts): string {
  const { live, step, steps, lastLoss } = entry;
  if (entry.isStopping) return texts.stopping;
  if (entry.state === 'training') return texts.step(step, steps, formatLoss(lastLoss));
  if (live?.state === 'compiling') return texts.compiling;
  const preparing = live?.preparing;
  if (!preparing) return texts.starting;
  return (preparing.part === 'priors' ? texts.priors : texts.views)(preparing.done, preparing.total);
}

/** The lines of the status bar's tooltip. */
export function statusDetails(entry: RunEntry, device: string | undefined, texts: StatusTexts): string[] {
  const left = runSecondsLeft(entry);
  const rss = entry.live?.steps.at(-1)?.rssBytes;
  return [
    entry.name,
    statusText(entry, texts),
    entry.live?.isSilent ? texts.silent : '',
    left === undefined ? '' : texts.timeLeft(formatDuration(left)),
    rss === undefined ? '' : texts.memory(formatBytes(rss)),
    device ?? '',
  ].filter(Boolean);
}

/** Names for a list in which every run can be told from the others: those that share one get their time. */
export function distinctNames(
  entries: readonly Pick<RunEntry, 'id' | 'name' | 'startedAt'>[],
  timeOf: (ms: number) => string,
): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    entries.map(({ id, name, startedAt }) => [id, counts.get(name)! > 1 ? `${name} (${timeOf(startedAt)})` : name]),
  );
}
