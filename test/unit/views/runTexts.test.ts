import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../src/common/webview/runControls';
import {
  distinctNames,
  runContext,
  runDescription,
  runSecondsLeft,
  statusDetails,
  statusText,
  type StatusTexts,
} from '../../../src/views/runTexts';
import { TrainingRun } from '../../../src/worker/trainingRun';
import { entry, step } from './runs';

const texts: StatusTexts = {
  step: (n, of, loss) => `step ${n}/${of} · ${loss}`,
  priors: (done, total) => `prior pictures ${done}/${total}`,
  views: (done, total) => `encoding views ${done}/${total}`,
  compiling: 'compiling',
  starting: 'starting',
  stopping: 'stopping',
  silent: 'no sign of life',
  timeLeft: (duration) => `${duration} left`,
  memory: (bytes) => `memory ${bytes}`,
};
const checkpoint = { step: 100, folder: '/runs/cat/checkpoints/000100' };

describe('a row of the list', () => {
  it.each([
    [entry(), 'crossattn-kv · 120/800 · 0.083'],
    [entry({ lastLoss: undefined, step: 0 }), 'crossattn-kv · 0/800'],
    [entry({ mode: '', steps: 0, lastLoss: undefined }), ''],
  ])('is described in few words', (run, text) => expect(runDescription(run)).toBe(text));

  it.each<[RunState, Partial<Parameters<typeof entry>[0]>, string]>([
    ['queued', { folder: undefined }, 'run running'],
    ['training', { checkpoints: [checkpoint] }, 'run running delta'],
    ['interrupted', { checkpoints: [checkpoint] }, 'run resumable delta deletable'],
    ['interrupted', {}, 'run deletable'],
    ['finished', { checkpoints: [checkpoint], delta: '/runs/cat/delta.safetensors' }, 'run delta deletable'],
    ['elsewhere', {}, 'run'],
    ['damaged', {}, 'run deletable'],
  ])('offers to menus what can be done: %s', (state, facts, words) =>
    expect(runContext(entry({ state, ...facts }))).toBe(words),
  );

  it('gets its time where names are the same', () => {
    const runs = [
      { id: 'a', name: 'cat', startedAt: 1 },
      { id: 'b', name: 'cat', startedAt: 2 },
      { id: 'c', name: 'dog', startedAt: 3 },
    ];
    expect([...distinctNames(runs, (ms) => `t${ms}`).values()]).toEqual(['cat (t1)', 'cat (t2)', 'dog']);
  });
});

describe('the status bar', () => {
  const live = () => new TrainingRun('job', 'cat', 800);

  it('shows step and loss, time left and memory', () => {
    const run = live();
    run.steps = [step(119), step(120)];
    const training = entry({ live: run });
    expect(statusText(training, texts)).toBe('step 120/800 · 0.083');
    expect(runSecondsLeft(training)).toBe(1360);
    expect(statusDetails(training, 'CPU', texts)).toEqual([
      'cat',
      'step 120/800 · 0.083',
      '22 min 40 s left',
      'memory 400 MB',
      'CPU',
    ]);
  });

  it('F4 tells of a run that may hang', () => {
    const run = live();
    run.isSilent = true;
    expect(statusDetails(entry({ live: run }), undefined, texts)).toContain('no sign of life');
  });

  it('shows what comes before the first step', () => {
    const run = live();
    const preparing = entry({ state: 'preparing', live: run });
    expect(statusText(preparing, texts)).toBe('starting');
    run.apply({ kind: 'preparing', part: 'priors', done: 3, total: 32 });
    expect(statusText(preparing, texts)).toBe('prior pictures 3/32');
    run.apply({ kind: 'preparing', part: 'latents', done: 1, total: 2 });
    expect(statusText(preparing, texts)).toBe('encoding views 1/2');
    run.apply({ kind: 'compiling' });
    expect(statusText(preparing, texts)).toBe('compiling');
    expect(runSecondsLeft(preparing)).toBeUndefined();
    expect(statusText({ ...preparing, isStopping: true }, texts)).toBe('stopping');
  });
});
