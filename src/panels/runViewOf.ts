import { basename } from 'node:path';
import { l10n } from 'vscode';
import type { RunView } from '../common/webview/run';
import type { RunControls } from '../common/webview/runControls';
import type { RunEntry } from '../views/runEntry';
import { runSecondsLeft } from '../views/runTexts';
import { deviceWord, silentWord } from '../views/runWords';
import type { RunDetails } from './runDetails';

/** What the head of the run page shows. */
export function runViewOf(
  run: RunEntry,
  controls: RunControls,
  details: RunDetails,
  lastRssBytes: number | undefined,
): RunView {
  const { layers, device, trainedParameters } = details;
  return {
    id: run.id,
    name: run.folder ? basename(run.folder) : run.name,
    controls,
    step: run.step,
    steps: run.steps,
    lastLoss: run.lastLoss,
    secondsLeft: runSecondsLeft(run),
    progress: progressOf(run),
    device: deviceWord(device),
    rssBytes: lastRssBytes,
    trainedParameters,
    mode: layers === undefined ? run.mode : l10n.t('{0} selected layers', layers),
    base: run.base === 'pocket' ? l10n.t('Pocket model') : basename(run.base),
    concepts: run.concepts.map(({ modifierToken, classNoun }) => ({ modifierToken, classNoun })),
    problem: run.problem ?? (run.live?.isSilent ? silentWord() : undefined),
  };
}

function progressOf({ live, state }: RunEntry): RunView['progress'] {
  if (!live || state !== 'preparing') return undefined;
  if (live.preparing) return live.preparing;
  return live.state === 'compiling' ? { part: 'compiling', done: 0, total: 0 } : undefined;
}
