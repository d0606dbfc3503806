import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/runs/runSummary';
import { runEntries, runEntry } from '../../../src/views/runEntry';
import { TrainingRun, type LiveRunState } from '../../../src/worker/trainingRun';
import { step, summary } from './runs';

function live(state: LiveRunState, folder?: string): TrainingRun {
  const run = new TrainingRun('job-1', 'cat', 800, 2000);
  run.folder = folder;
  run.state = state;
  return run;
}

describe('a run in the list', () => {
  it.each<[LiveRunState, string]>([
    ['waiting', 'queued'],
    ['starting', 'preparing'],
    ['compiling', 'preparing'],
    ['training', 'training'],
    ['stopping', 'preparing'],
    ['interrupted', 'interrupted'],
    ['paused', 'paused'],
  ])('of this session that is %s is %s', (state, shown) => expect(runEntry(undefined, live(state)).state).toBe(shown));

  it.each<[RunSummary['state'], string]>([
    ['running', 'elsewhere'],
    ['interrupted', 'interrupted'],
    ['damaged', 'damaged'],
    ['finished', 'finished'],
  ])('on disk that is %s is %s', (state, shown) => expect(runEntry(summary({ state }), undefined).state).toBe(shown));

  it('shows what this session knows before what the files said', () => {
    const run = live('training', summary().folder);
    run.steps = [step(200, { loss: 0.07 }), step(201, { loss: null })];
    expect(runEntry(summary({ state: 'running' }), run)).toMatchObject({
      state: 'training',
      step: 201,
      lastLoss: 0.07,
    });
  });

  it('says why it was interrupted', () => {
    const run = live('training', summary().folder);
    const error = { code: 'internal', where: '', problem: 'interrupted at step 7', remedy: 'Resume it from step 5' };
    run.conclude('interrupted', { error });
    expect(runEntry(summary({ state: 'interrupted' }), run)).toMatchObject({
      state: 'interrupted',
      problem: 'interrupted at step 7. Resume it from step 5',
    });
  });
});

describe('the list of runs', () => {
  it('has the newest first, with those that have no files yet', () => {
    const old = summary({ folder: '/runs/old', startedAt: 1 });
    expect(runEntries([summary(), old], [live('waiting')]).map(({ id }) => id)).toEqual([
      'job-1',
      summary().folder,
      '/runs/old',
    ]);
  });

  it('names a run once, whether its folder is known from disk or from the session', () => {
    expect(runEntries([summary()], [live('training', summary().folder)])).toHaveLength(1);
  });

  it('leaves out what was discarded or ended before it had a folder', () => {
    expect(runEntries([summary()], [live('discarded', summary().folder)])).toEqual([]);
    expect(runEntries([], [live('stopped')])).toEqual([]);
  });

  it('believes the files when another program finished an interrupted run', () => {
    const [run] = runEntries([summary({ state: 'finished' })], [live('interrupted', summary().folder)]);
    expect(run).toMatchObject({ state: 'finished', live: undefined });
  });
});
