import { env, l10n } from 'vscode';
import type { RunState } from '../common/webview/runControls';
import type { RunEntry } from './runEntry';
import { distinctNames, type StatusTexts } from './runTexts';

/** A state in words. */
export function stateWord(state: RunState): string {
  const words: Record<RunState, string> = {
    queued: l10n.t('Waiting for its turn'),
    preparing: l10n.t('Preparing'),
    training: l10n.t('Training'),
    paused: l10n.t('Paused'),
    stopped: l10n.t('Stopped'),
    interrupted: l10n.t('Interrupted'),
    failed: l10n.t('Failed'),
    finished: l10n.t('Finished'),
    elsewhere: l10n.t('Running in another program'),
    damaged: l10n.t('Damaged'),
  };
  return words[state];
}

/** The texts of the status bar. */
export function statusTexts(): StatusTexts {
  return {
    step: (step, steps, loss) => l10n.t('step {0}/{1} · {2}', step, steps, loss),
    priors: (done, total) => l10n.t('prior pictures {0}/{1}', done, total),
    views: (done, total) => l10n.t('encoding views {0}/{1}', done, total),
    compiling: l10n.t('compiling'),
    starting: l10n.t('starting'),
    stopping: l10n.t('stopping'),
    timeLeft: (duration) => l10n.t('{0} left', duration),
    memory: (bytes) => l10n.t('Memory: {0}', bytes),
    silent: silentWord(),
  };
}

/** What is said of a run that may hang. */
export function silentWord(): string {
  return l10n.t('It has given no sign of life for several minutes.');
}

/** A device of a configuration in words. */
export function deviceWord(device: string | undefined): string | undefined {
  return device === 'auto' ? l10n.t('automatic') : device?.toUpperCase();
}

/** A time as lists show it. */
export function timeWord(ms: number): string {
  return new Date(ms).toLocaleString(env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Names that can be told from each other. */
export function runNames(entries: readonly RunEntry[]): Map<string, string> {
  return distinctNames(entries, timeWord);
}
