import { describe, expect, it } from 'vitest';
import { modelOfArgument } from '../../../src/commands/sampleArguments';
import { TimeEstimate } from '../../../src/pictures/timeEstimate';
import { changesFor, defaultForm, factsOf } from '../../../src/views/promptDefaults';
import { modelChoiceOf, optionOf, promptModels } from '../../../src/views/promptModels';
import { compareOrder, generateOrder, type OrderWords } from '../../../src/views/promptOrder';
import { settingsOf } from '../../../src/panels/gridSettings';
import type { RunSummary } from '../../../src/runs/runSummary';

const run = (name: string, steps: number[], delta = true): RunSummary => ({
  folder: `/runs/${name}`,
  name,
  state: 'finished',
  step: 100,
  steps: 100,
  mode: 'crossattn-kv',
  concepts: [{ folder: '/c', classNoun: 'cat', modifierToken: '<new1>' }],
  base: 'pocket',
  ...(delta ? { delta: `/runs/${name}/delta.safetensors` } : {}),
  checkpoints: steps.map((step) => ({ step, folder: `/runs/${name}/checkpoints/${step}` })),
  startedAt: 0,
});
const modelWords = { pocket: 'Pocket model', checkpoint: (name: string, step: number) => `${name}, step ${step}` };
const words: OrderWords = {
  seed: 'seed {0}',
  strength: 'strength {0}',
  guidance: 'guidance {0}',
  steps: '{0} steps',
  unreadable: (at) => `bad ${at}`,
  modelGone: 'gone',
  comparison: (rows, columns) => `${rows} by ${columns}`,
};
const models = promptModels(
  {
    bases: ['pocket', '/models/sd15'],
    runs: [run('cat', [50, 100]), run('young', [], false)],
    files: [{ label: 'dog.bin', delta: '/d/dog.bin', base: '/models/sd15', tokens: [{ token: '<dog>' }] }],
  },
  modelWords,
);

describe('promptModels', () => {
  it('lists bases, runs with their checkpoints newest first, and files; not runs without any weights', () => {
    expect(models.map(({ id, label, kind }) => [id, label, kind])).toEqual([
      ['base:pocket', 'Pocket model', 'base'],
      ['base:/models/sd15', 'sd15', 'base'],
      ['delta:/runs/cat', 'cat', 'run'],
      ['delta:/runs/cat/checkpoints/100', 'cat, step 100', 'checkpoint'],
      ['delta:/runs/cat/checkpoints/50', 'cat, step 50', 'checkpoint'],
      ['delta:/d/dog.bin', 'dog.bin', 'file'],
    ]);
    expect(models[2]!.tokens).toEqual([{ token: '<new1>', classNoun: 'cat' }]);
  });
  it.each([
    [{ delta: '/runs/cat/delta.safetensors' }, 'delta:/runs/cat'],
    [{ delta: '/runs/cat/checkpoints/50/delta.safetensors' }, 'delta:/runs/cat/checkpoints/50'],
    [{ delta: '/runs/cat' }, 'delta:/runs/cat'],
    [{ delta: '/runs/cat2/delta.safetensors' }, undefined],
    [{ base: '/models/sd15' }, 'base:/models/sd15'],
    [{ base: 'pocket', delta: '/d/dog.bin' }, 'delta:/d/dog.bin'],
  ])('finds the option of %o', (choice, id) => expect(optionOf(choice, models)?.id).toBe(id));
  it('gives the strength to fine-tunes only', () => {
    expect(modelChoiceOf(models[0]!, 0.5)).toEqual({ base: 'pocket', label: 'Pocket model' });
    expect(modelChoiceOf(models[2]!, 0.5)).toMatchObject({ delta: '/runs/cat', strength: 0.5 });
  });
});

describe('orders', () => {
  const form = { ...defaultForm('pocket'), prompt: 'a <new1> cat', model: 'delta:/runs/cat' };
  it('asks for the pictures of the form', () => {
    const { start, work } = generateOrder(form, models, words);
    expect(start).toMatchObject({ title: 'a <new1> cat', kind: 'pictures', total: 4 });
    expect(work.params).toMatchObject({ request: { seeds: [1, 2, 3, 4], scheduler: 'ddim', width: 64 } });
  });
  it('refuses a model that is gone and seeds that cannot be read', () => {
    expect(() => generateOrder({ ...form, model: 'x' }, models, words)).toThrow('gone');
    expect(() => generateOrder({ ...form, seedMode: 'list', seedList: '3-x' }, models, words)).toThrow('bad 3-x');
    expect(() => compareOrder(form, [], words)).toThrow();
  });
  it('says where each picture of a comparison belongs', () => {
    const compare = {
      x: { kind: 'strength' as const, text: '0, 1', choices: [] },
      y: { kind: 'seed' as const, text: '', choices: [] },
    };
    const { start, work } = compareOrder({ ...form, compare }, models, words);
    expect(start).toMatchObject({ kind: 'comparison', total: 8, columns: ['strength 0', 'strength 1'] });
    if (work.kind !== 'compare') throw new Error('not a comparison');
    expect(work.params.rows.map(({ model }) => model.strength)).toEqual([0, 1]);
    expect(work.placeOf(1, 2)).toEqual({ row: 2, column: 1 });
    expect(work.placeOf(5, 0)).toBeUndefined();
  });
});

describe('defaults', () => {
  const summary = { resolution: 512, sizeMultiple: 64 } as Parameters<typeof factsOf>[2];
  const facts = factsOf(models[1]!, '/models/sd15', summary);
  it('fit the model', () => {
    expect(defaultForm('pocket')).toMatchObject({ width: 64, guidance: 4 });
    expect(defaultForm('/models/sd15')).toMatchObject({ width: 512, steps: 50, guidance: 6 });
    expect(facts).toMatchObject({ steps: 50, guidance: 6, resolution: 512 });
    expect(factsOf(models[1]!, '/models/tiny', { ...summary, resolution: 64 })).toMatchObject({ guidance: 4 });
  });
  it('change with the size of the model, and with nothing else', () => {
    const pocket = { id: 'base:pocket', resolution: 64, sizeMultiple: 16, steps: 25, guidance: 4 };
    const form = { ...defaultForm('pocket'), steps: 7 };
    expect(changesFor(form, pocket, facts)).toEqual({ width: 512, height: 512, steps: 50, guidance: 6 });
    expect(changesFor(form, pocket, { ...pocket, id: 'delta:/runs/cat' })).toEqual({});
    expect(changesFor(form, undefined, pocket)).toEqual({});
    expect(changesFor({ ...form, width: 72 }, undefined, pocket)).toMatchObject({ width: 64 });
  });
});

it.each([
  ['/d/x.safetensors', { delta: '/d/x.safetensors' }],
  [{ scheme: 'file', fsPath: '/d/x.bin' }, { delta: '/d/x.bin' }],
  [{ run: { folder: '/runs/cat' } }, { delta: '/runs/cat' }],
  [
    { run: { folder: '/runs/cat' }, checkpoint: { folder: '/runs/cat/checkpoints/5' } },
    { delta: '/runs/cat/checkpoints/5' },
  ],
  [{ folder: '/runs/cat' }, { delta: '/runs/cat' }],
  [{ base: '/models/sd15' }, { base: '/models/sd15' }],
  [{ resourceUri: { scheme: 'file', fsPath: '/d/x.bin' } }, { delta: '/d/x.bin' }],
  [{ scheme: 'untitled', fsPath: '/d/x.bin' }, undefined],
  [undefined, undefined],
  [7, undefined],
  ['', undefined],
])('generates with %o', (argument, choice) => expect(modelOfArgument(argument)).toEqual(choice));

it('estimates the time from where the work really began', () => {
  const estimate = new TimeEstimate();
  expect(estimate.update(0, 1000, 0)).toBeUndefined();
  expect(estimate.update(100, 1000, 10_000)).toBeUndefined();
  expect(estimate.update(200, 1000, 11_000)).toBe(8);
  expect(estimate.update(1000, 1000, 20_000)).toBe(0);
});

it('takes settings from a picture, and only what a foreign one knows', () => {
  const picture = {
    file: '0001-7.png',
    width: 64,
    height: 64,
    prompt: 'a cat',
    negativePrompt: '',
    seed: 7,
    steps: 20,
    scheduler: 'unipc',
    guidanceScale: 4,
    model: {},
    hasAttention: false,
  };
  expect(settingsOf(picture)).toMatchObject({ prompt: 'a cat', firstSeed: 7, count: 1, sampler: 'unipc', steps: 20 });
  const foreign = settingsOf({ ...picture, steps: 0, scheduler: 'odd' });
  expect(foreign).not.toHaveProperty('steps');
  expect(foreign).not.toHaveProperty('sampler');
});
