import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/panels/runCsv';
import { readRunDetails } from '../../../src/panels/runDetails';
import { readCourse, RunChanges } from '../../../src/panels/runFeed';
import { runLogLines } from '../../../src/panels/runLogLines';
import { TrainingRun } from '../../../src/worker/trainingRun';
import { step } from './runs';

const folder = await mkdtemp(join(tmpdir(), 'custom-diffusion-runs-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('exported values', () => {
  it('have every step, a column for each concept, and nothing where there is no value', () => {
    const csv = runCsv(
      [step(1, { instanceLosses: [0.25, null] }), step(2, { loss: null, applied: false, instanceLosses: [0.1, 0.2] })],
      [{ modifierToken: '<new1>' }, { modifierToken: '<a,"b">' }],
    );
    expect(csv.split('\r\n')).toEqual([
      'step,loss,loss <new1>,"loss <a,""b"">",prior loss,gradient norm,learning rate,applied,seconds,rss bytes,timesteps',
      '1,0.5,0.25,,0.25,1,0.00001,true,2,400000000,10 900',
      '2,,0.1,0.2,0.25,1,0.00001,false,2,400000000,10 900',
      '',
    ]);
  });
});

describe('what goes to the page between two messages', () => {
  it('is every step once, in order', () => {
    const changes = new RunChanges();
    changes.add({ kind: 'steps', steps: [step(1), step(2)] });
    changes.add({ kind: 'steps', steps: [step(3)] });
    expect(changes.take()).toMatchObject({ steps: [{ step: 1 }, { step: 2 }, { step: 3 }], hasOther: false });
    expect(changes.take().steps).toEqual([]);
  });

  it('has only the newer of steps that a resumed run does again', () => {
    const changes = new RunChanges();
    changes.add({ kind: 'steps', steps: [step(8), step(9), step(10)] });
    changes.add({ kind: 'steps', steps: [step(9, { loss: 7 })] });
    expect(changes.take().steps.map((one) => [one.step, one.loss])).toEqual([
      [8, 0.5],
      [9, 7],
    ]);
  });

  it('says when samples or checkpoints came', () => {
    const changes = new RunChanges();
    changes.add({ kind: 'checkpoint', step: 5, folder: '/c' });
    expect(changes.take().hasOther).toBe(true);
    expect(changes.take().hasOther).toBe(false);
  });
});

describe('the course of a run', () => {
  it('comes from its files, or from this session when it has been under way in it', async () => {
    await writeFile(join(folder, 'log.jsonl'), `${JSON.stringify(step(1))}\n${JSON.stringify(step(2))}\n{"step":3,"lo`);
    const known: TrainingRun[] = [];
    const training = { find: () => known[0] };
    expect((await readCourse(folder, training)).steps.map((one) => one.step)).toEqual([1, 2]);
    known.push(new TrainingRun('job', 'cat', 10));
    expect((await readCourse(folder, training)).steps).toEqual([]);
  });

  it('is told as a log in the order of steps', () => {
    const lines = runLogLines(
      {
        steps: [step(70), step(71, { applied: false, loss: null }), step(72, { applied: false, loss: null })],
        grids: [{ step: 0, pictures: [] }],
        checkpoints: [{ step: 50 }, { step: 100 }],
        warnings: ['step 71: not finite'],
      },
      ['two concepts share one folder', 'step 71: not finite'],
      { checkpoint: (n) => `c${n}`, samples: (n) => `s${n}`, notFinite: (n) => `n${n}` },
    );
    expect(lines.map(({ text }) => text)).toEqual([
      'two concepts share one folder',
      's0',
      'c50',
      'step 71: not finite',
      'n72',
      'c100',
    ]);
  });

  it('details come from configuration and manifest, and damaged files say nothing', async () => {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ device: 'auto', layers: ['a', 'b'] }));
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ trainedParameters: 5, warnings: ['w'] }));
    expect(await readRunDetails(folder)).toEqual({ device: 'auto', layers: 2, trainedParameters: 5, warnings: ['w'] });
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ trainedParameters: 5, device: 'cpu' }));
    expect((await readRunDetails(folder)).device).toBe('cpu');
    await writeFile(join(folder, 'manifest.json'), '{');
    expect(await readRunDetails(folder)).toMatchObject({ trainedParameters: undefined, warnings: [] });
  });
});
