import type { RunView } from '../../src/common/webview/run';
import type { RunState } from '../../src/common/webview/runControls';
import { formatBytes, formatDuration, formatLoss } from '../../src/common/webview/runNumbers';
import type { runStrings } from '../../src/common/webview/runStrings';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { ProgressBar } from '../ui/ProgressBar';
import type { RunPage } from './runPage';

const icons: Record<RunState, string> = {
  queued: 'clock',
  preparing: 'sync',
  training: 'sync',
  paused: 'debug-pause',
  stopped: 'debug-stop',
  interrupted: 'warning',
  failed: 'error',
  finished: 'pass',
  elsewhere: 'vm-running',
  damaged: 'warning',
};

/** Which run this is, how it stands and what it takes. */
export function RunHeader({ page: { run, strings } }: { page: RunPage }) {
  const { state } = run.controls;
  const isWorking = state === 'preparing' || state === 'training';
  return (
    <header>
      <h1>{run.name}</h1>
      <p class="row run-state">
        <span class={`state state-${state}`} id="run-state">
          <Icon name={icons[state]} spin={isWorking} /> {stateText(run, strings)}
        </span>
        <span class="number">{formatText(strings.stepOf, run.step, run.steps)}</span>
        {run.secondsLeft !== undefined && state === 'training' && (
          <span class="number">{formatText(strings.timeLeft, formatDuration(run.secondsLeft))}</span>
        )}
      </p>
      <RunProgress run={run} strings={strings} />
      {run.problem && (
        <p class="problem card run-problem" role="alert">
          {run.problem}
        </p>
      )}
      <dl class="facts">
        {facts(run, strings).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function RunProgress({ run, strings }: { run: RunView; strings: typeof runStrings }) {
  const { progress, step, steps } = run;
  if (!progress) {
    const text = formatText(strings.stepOf, step, steps);
    return <ProgressBar label={strings.training} value={steps ? step / steps : 0} valueText={text} />;
  }
  const { part, done, total } = progress;
  const text =
    part === 'compiling'
      ? strings.compiling
      : formatText(part === 'priors' ? strings.drawingPriors : strings.encodingViews, done, total);
  return (
    <div>
      <p class="note number" id="run-progress">
        {text}
      </p>
      <ProgressBar label={text} value={total > 0 ? done / total : undefined} valueText={text} />
    </div>
  );
}

function stateText({ controls: { state }, step }: RunView, strings: typeof runStrings): string {
  const tellsWhere = state === 'paused' || state === 'stopped' || state === 'interrupted' || state === 'failed';
  return tellsWhere ? formatText(strings.stateAtStep, strings[state], step) : strings[state];
}

function facts(run: RunView, strings: typeof runStrings): [string, string][] {
  const concepts = run.concepts.map(({ modifierToken, classNoun }) => `${modifierToken} ${classNoun}`).join(', ');
  const all: [string, string | undefined][] = [
    [strings.loss, run.lastLoss === undefined ? undefined : formatLoss(run.lastLoss)],
    [strings.concepts, concepts || undefined],
    [strings.mode, run.mode || undefined],
    [strings.trainedParameters, run.trainedParameters?.toLocaleString()],
    [strings.base, run.base || undefined],
    [strings.device, run.device],
    [strings.memory, run.rssBytes === undefined ? undefined : formatBytes(run.rssBytes)],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
