import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelSummary } from '../../../src/common/protocol/model';
import { modelCandidates, modelTime } from '../../../src/views/modelCandidates';
import { ModelFactsCache } from '../../../src/views/modelFacts';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

function memory() {
  const kept = new Map<string, unknown>();
  return {
    get: (key: string) => kept.get(key),
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
}

function summary(path: string): ModelSummary {
  return {
    path,
    name: path,
    family: 'Stable Diffusion 1.x',
    resolution: 512,
    sizeMultiple: 64,
    predictionType: 'epsilon',
    parameters: { unet: 1, autoencoder: 2, textEncoders: 3 },
    fingerprint: 'f',
    textPositions: 77,
  };
}

test('a model is asked about once, also in the next window, until it changes', async () => {
  const base = join(folder, 'one.safetensors');
  writeFileSync(base, '');
  const kept = memory();
  const asked: string[] = [];
  const cache = () =>
    new ModelFactsCache(kept, 1, async (path) => {
      asked.push(path);
      return summary(path);
    });
  const first = cache();
  expect(await Promise.all([first.facts(base, true), first.facts(base, true)])).toMatchObject([
    { state: 'usable' },
    { state: 'usable' },
  ]);
  expect(await cache().facts(base, false)).toMatchObject({ state: 'usable', summary: { path: base } });
  expect(asked).toHaveLength(1);
  utimesSync(base, 1, 1);
  expect(await cache().facts(base, false)).toEqual({ state: 'unknown' });
  await cache().facts(base, true);
  expect(asked).toHaveLength(2);
});

test('nothing is asked where the runtime may not start; a problem is kept for the window', async () => {
  let asked = 0;
  const cache = new ModelFactsCache(memory(), 1, async () => {
    asked++;
    throw new Error('this is a ControlNet');
  });
  const gone = join(folder, 'gone');
  expect(await cache.facts(gone, false)).toEqual({ state: 'unknown' });
  expect(await cache.facts(gone, true)).toEqual({ state: 'unusable', problem: 'this is a ControlNet' });
  expect(await cache.facts(gone, false)).toEqual({ state: 'unusable', problem: 'this is a ControlNet' });
  expect(asked).toBe(1);
  cache.forgetProblems();
  await cache.facts(gone, true);
  expect(asked).toBe(2);
});

test('what another version left in the memory does no harm', async () => {
  const kept = memory();
  await kept.update('modelFacts', { pocket: { time: 'x' } });
  const cache = new ModelFactsCache(kept, 1, async (path) => summary(path));
  expect(await cache.facts('pocket', true)).toMatchObject({ state: 'usable' });
});

test('a folder is a model, holds models, or is left to the runtime to judge', async () => {
  const diffusers = join(folder, 'models', 'sd');
  mkdirSync(diffusers, { recursive: true });
  writeFileSync(join(diffusers, 'model_index.json'), '{}');
  writeFileSync(join(folder, 'models', 'b.safetensors'), '');
  writeFileSync(join(folder, 'models', 'a.ckpt'), '');
  writeFileSync(join(folder, 'models', 'notes.txt'), '');
  mkdirSync(join(folder, 'nothing'));
  expect(await modelCandidates(diffusers)).toEqual([diffusers]);
  expect(await modelCandidates(join(folder, 'models'))).toEqual(
    ['a.ckpt', 'b.safetensors', 'sd'].map((name) => join(folder, 'models', name)),
  );
  expect(await modelCandidates(join(folder, 'nothing'))).toEqual([join(folder, 'nothing')]);
  expect(await modelTime(join(folder, 'nowhere'))).toBeUndefined();
});
