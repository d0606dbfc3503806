import { Emitter } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/runs/runSummary';
import { RunList } from '../../../src/views/runList';
import { TrainingRun } from '../../../src/worker/trainingRun';
import type { RunUpdate } from '../../../src/worker/trainingService';
import { summary } from './runs';

/** A list over runs that the test changes by hand. */
function listOf(onDisk: RunSummary[]) {
  const stored = new Emitter<readonly RunSummary[]>();
  const changed = new Emitter<TrainingRun>();
  const updated = new Emitter<RunUpdate>();
  const live: TrainingRun[] = [];
  const runs = { runs: onDisk, onDidChange: stored.event, refresh: () => Promise.resolve(onDisk) };
  const training = { runs: live, onDidChange: changed.event, onUpdate: updated.event };
  const list = new RunList({ runs, training, mayStart: () => true, pauseMs: 5 });
  const start = (folder: string) => {
    const run = new TrainingRun(`job-${live.length}`, 'cat', 800);
    run.folder = folder;
    live.push(run);
    changed.fire(run);
    return run;
  };
  return { list, start, changed, updated };
}
const checkpoints = [{ step: 100, folder: '/c' }];
const { folder } = summary();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the list that everything shares', () => {
  it('tells many changes at once', async () => {
    const { list, start, updated } = listOf([summary()]);
    let told = 0;
    list.onDidChange(() => told++);
    const run = start(folder);
    for (let i = 0; i < 50; i++) updated.fire({ run, update: { kind: 'compiling' } });
    await pause(50);
    expect(told).toBe(1);
    list.dispose();
  });

  it('remembers what was asked until the run shows it', () => {
    const { list, start } = listOf([summary({ state: 'interrupted', checkpoints })]);
    const atRest = list.find(folder)!;
    expect(list.ask(atRest, 'pause')).toBe(false);
    expect(list.ask(atRest, 'resume')).toBe(true);
    expect(list.ask(atRest, 'resume')).toBe(false);
    expect(list.controls(atRest).pending).toBe('resume');
    const run = start(folder);
    run.state = 'training';
    const training = list.find(folder)!;
    expect(list.controls(training)).toMatchObject({ state: 'training', pending: undefined });
    list.ask(training, 'pause');
    run.state = 'stopping';
    expect(list.controls(list.find(folder)!).pending).toBe('pause');
    run.conclude('paused');
    expect(list.controls(list.find(folder)!)).toMatchObject({ state: 'paused', pending: undefined });
  });

  it('frees the buttons when a request came to nothing', () => {
    const { list } = listOf([summary({ state: 'interrupted', checkpoints })]);
    const run = list.find(folder)!;
    list.ask(run, 'resume');
    list.answered(run);
    expect(list.controls(run).pending).toBeUndefined();
    expect(list.ask(run, 'resume')).toBe(true);
  });

  it('shows a stop that was asked for elsewhere', () => {
    const { list, start } = listOf([summary()]);
    start(folder).state = 'stopping';
    const run = list.find(folder)!;
    expect(list.controls(run).pending).toBe('stop');
    expect(list.ask(run, 'stopNow')).toBe(true);
  });

  it('lets the files speak once they tell of the end, but keeps why a run was interrupted', async () => {
    const { list, start, changed } = listOf([summary({ state: 'finished', delta: '/d' })]);
    const run = start(folder);
    run.conclude('finished');
    changed.fire(run);
    await pause(20);
    expect(list.find(folder)).toMatchObject({ state: 'finished', delta: '/d', live: undefined });

    const other = listOf([summary({ state: 'interrupted' })]);
    const killed = other.start(folder);
    killed.conclude('interrupted', { error: { code: 'internal', where: '', problem: 'killed', remedy: '' } });
    other.changed.fire(killed);
    await pause(20);
    expect(other.list.find(folder)).toMatchObject({ state: 'interrupted', problem: 'killed' });
  });

  it('finds a run by its job before it has a folder', () => {
    const { list, start } = listOf([]);
    const run = start('/runs/new');
    run.folder = undefined;
    expect(list.find(run.job)).toMatchObject({ id: run.job, state: 'queued' });
  });

  it.each([
    ['out-of-memory', 'memory', 'stepDown'],
    ['device-lost', 'device', 'resumeOnCpu'],
  ] as const)('F15 F16 offers the way around %s, in this session and in the next', (errorCode, failure, request) => {
    const { list, start, changed } = listOf([summary({ state: 'failed', checkpoints, errorCode })]);
    expect(list.controls(list.find(folder)!)).toMatchObject({ failure });
    const run = start(folder);
    run.conclude('failed', { error: { code: errorCode, where: '', problem: 'gone', remedy: '' } });
    changed.fire(run);
    const failed = list.find(folder)!;
    expect(list.controls(failed)).toMatchObject({ state: 'failed', failure });
    expect(list.ask(failed, request)).toBe(true);
    list.dispose();
  });
});
