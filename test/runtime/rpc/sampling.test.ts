import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import type { PictureRequest } from '../../../src/common/protocol/sampling';
import { runtimeProcess } from '../../support/runtimeProcess';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase, tinyConcept } from '../../support/tinyRun';

const runtime = runtimeProcess();
const root = temporaryFolder();
const LONG = 300_000;
let run = '';

const request = (changes: Partial<PictureRequest> = {}): PictureRequest => ({
  prompt: 'photo of a cat',
  negativePrompt: '',
  seeds: [1],
  width: 64,
  height: 64,
  steps: 3,
  scheduler: 'ddim',
  guidanceScale: 4,
  captureAttention: false,
  ...changes,
});

beforeAll(async () => {
  await tinyConcept(join(root, 'cat'));
  const config = {
    base: tinyBase,
    output: 'runs',
    concepts: [{ folder: 'cat', classNoun: 'cat', prior: { kind: 'none' } }],
    resolution: 64,
    steps: 2,
    learningRate: 0.05,
    instanceRows: 1,
    latentPool: 1,
    sample: { every: 0 },
    threads: 1,
  };
  run = (await runtime.current.request('train/start', { job: 'train', config, folder: root })).folder;
}, LONG);

describe('generating', () => {
  it(
    'answers with every picture, told of as it is saved',
    async () => {
      const { current } = runtime;
      const folder = join(root, 'pictures');
      const model = { base: tinyBase };
      const result = await current.request('sample/generate', {
        job: 'two',
        model,
        folder,
        request: request({ seeds: [7, 8] }),
      });
      expect(result.status).toBe('finished');
      expect(result.computedOn).toEqual({ device: 'cpu', mixedPrecision: false });
      expect(result.pictures.map(({ seed }) => seed)).toEqual([7, 8]);
      expect(result.pictures.every(({ path }) => existsSync(path)) && existsSync(result.gridPath!)).toBe(true);
      const updates = current.updates('sample/update', 'two');
      expect(updates.flatMap((u) => (u.kind === 'picture' ? [u.picture] : []))).toEqual(result.pictures);
      const progress = updates.flatMap((u) => (u.kind === 'progress' ? [u.done / u.total] : []));
      expect(progress.at(-1)).toBe(1);
      expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    },
    LONG,
  );

  it(
    'stops and keeps what is finished',
    async () => {
      const { current } = runtime;
      const seeds = Array.from({ length: 200 }, (_, i) => i + 1);
      const sent = { job: 'many', model: { base: tinyBase }, folder: join(root, 'many'), request: request({ seeds }) };
      const answer = current.request('sample/generate', sent);
      const finished = () => current.updates('sample/update', 'many').filter(({ kind }) => kind === 'picture').length;
      await current.until(() => finished() >= 2);
      expect(await current.refusal('sample/generate', { ...sent, job: 'second' })).toMatchObject({ code: 'conflict' });
      await current.request('sample/stop', { job: 'many' });
      const { status, pictures, gridPath } = await answer;
      expect([status, gridPath]).toEqual(['stopped', undefined]);
      expect(pictures.length).toBeGreaterThanOrEqual(2);
      expect(pictures.length).toBeLessThan(200);
      expect(pictures.every(({ path }) => existsSync(path))).toBe(true);
    },
    LONG,
  );

  it(
    'stops for a cancelled request too, and answers it',
    async () => {
      const { current } = runtime;
      const source = new CancellationTokenSource();
      const sent = {
        job: 'taken back',
        model: { base: tinyBase },
        folder: join(root, 'back'),
        request: request({ steps: 900 }),
      };
      const answer = current.request('sample/generate', sent, source);
      const steps = () =>
        current.updates('sample/update', 'taken back').some((u) => u.kind === 'progress' && u.done > 0);
      await current.until(steps);
      source.cancel();
      expect(await answer).toMatchObject({ status: 'stopped', pictures: [] });
    },
    LONG,
  );

  it.each<[string, Partial<PictureRequest>, string]>([
    ['an unknown sampler', { scheduler: 'magic' }, 'scheduler'],
    ['a size the model cannot draw', { width: 65 }, 'width'],
    ['D4 an unknown token', { prompt: 'a <new9> cat' }, 'prompt'],
  ])('refuses %s', async (_, changes, where) => {
    const params = { job: 'bad', model: { base: tinyBase }, folder: join(root, 'bad'), request: request(changes) };
    expect(await runtime.current.refusal('sample/generate', params)).toMatchObject({ where });
    expect(existsSync(join(root, 'bad'))).toBe(false);
  });

  it('refuses a precision that the device does not have', async () => {
    const params = { job: 'bad', model: { base: tinyBase }, folder: join(root, 'bad'), request: request() };
    const computing = { device: 'cpu', precision: 'mixed' };
    expect(await runtime.current.refusal('sample/generate', { ...params, computing })).toMatchObject({
      code: 'bad-config',
      where: 'precision',
    });
    expect(existsSync(join(root, 'bad'))).toBe(false);
  });

  it('reads the prompt as the fine-tune learned it', async () => {
    const analyse = (prompt: string) => runtime.current.request('prompt/analyse', { model: { delta: run }, prompt });
    expect((await analyse('photo of a <new1> cat')).warnings).toEqual([]);
    const alone = await analyse('photo of a <new1>');
    expect(alone.tokens.at(-1)).toMatchObject({ text: '<new1>', isModifier: true });
    expect(alone.warnings).toEqual(['<new1> was learned as "<new1> cat"; write cat after it.']);
  });
});

describe('a comparison', () => {
  it(
    'has a cell for every model and seed',
    async () => {
      const { current } = runtime;
      const tuned = request({ prompt: 'photo of a <new1> cat', seeds: [3, 4] });
      const result = await current.request('sample/compare', {
        job: 'compare',
        folder: join(root, 'compare'),
        title: 'base and fine-tune',
        rows: [
          { label: 'base', model: { base: tinyBase }, request: request({ seeds: [3, 4] }) },
          { label: 'half', model: { delta: run, strength: 0.5 }, request: tuned },
          { label: 'whole', model: { delta: run }, request: tuned },
        ],
      });
      expect(result.pictures.map(({ cell, seed }) => [cell!.row, cell!.column, seed])).toEqual([
        [0, 0, 3],
        [0, 1, 4],
        [1, 0, 3],
        [1, 1, 4],
        [2, 0, 3],
        [2, 1, 4],
      ]);
      expect((await sharp(result.gridPath!).metadata()).width).toBeGreaterThan(256);
      const pixels = await Promise.all(result.pictures.map(({ path }) => sharp(path).raw().toBuffer()));
      expect(pixels[2]!.equals(pixels[4]!)).toBe(false);
    },
    LONG,
  );
});

describe('attention', () => {
  it(
    'is read from beside a picture, layer by layer',
    async () => {
      const { current } = runtime;
      const params = { job: 'maps', model: { base: tinyBase }, folder: join(root, 'maps') };
      const made = await current.request('sample/generate', {
        ...params,
        request: request({ captureAttention: true }),
      });
      const picture = made.pictures[0]!.path;
      expect(existsSync(made.pictures[0]!.attentionPath!)).toBe(true);
      const saved = await current.request('attention/saved', { picture });
      expect(saved).toMatchObject({
        source: 'saved',
        picture,
        width: 64,
        height: 64,
        prompt: 'photo of a cat',
        steps: 0,
      });
      expect(saved!.mean).toMatchObject({ tokens: 77, height: 8, width: 8 });
      expect(saved!.words.filter(({ isSpecial }) => !isSpecial).map(({ text }) => text)).toEqual([
        'photo',
        'of',
        'a',
        'cat',
      ]);
      const layer = await current.request('attention/maps', { picture, layer: saved!.layers[0] });
      expect(layer.data).toHaveLength(layer.tokens * layer.height * layer.width);
      expect(await current.refusal('attention/maps', { picture, step: 1 })).toMatchObject({
        code: 'not-found',
        where: 'step',
      });
    },
    LONG,
  );

  it(
    'keeps the maps of each step when asked to',
    async () => {
      const { current } = runtime;
      const asked = request({ captureAttention: true, attentionDetail: 'steps' });
      const params = { job: 'steps', model: { base: tinyBase }, folder: join(root, 'steps'), request: asked };
      const picture = (await current.request('sample/generate', params)).pictures[0]!.path;
      expect(await current.request('attention/saved', { picture })).toMatchObject({ steps: 3, layers: [] });
      expect((await current.request('attention/maps', { picture, step: 3 })).tokens).toBe(77);
    },
    LONG,
  );

  it(
    'of any picture comes from one look',
    async () => {
      const { current } = runtime;
      const picture = join(root, 'cat', 'picture-0.png');
      expect(await current.request('attention/saved', { picture })).toBeNull();
      expect(await current.refusal('attention/maps', { picture })).toMatchObject({ code: 'not-found' });
      const seen = await current.request('attention/look', {
        picture,
        prompt: 'a <new1> cat',
        model: { delta: run },
        timestep: 300,
        seed: 1,
        cacheFolder: join(root, 'seen'),
      });
      expect(seen.source).toBe('looked');
      expect(seen.computedOn).toEqual({ device: 'cpu', mixedPrecision: false });
      expect(seen.words.find(({ isModifier }) => isModifier)?.text).toBe('<new1>');
      const { width, height } = await sharp(seen.picture).metadata();
      expect([width, height]).toEqual([seen.width, seen.height]);
      for (const path of [picture, seen.picture])
        expect((await current.request('attention/maps', { picture: path, layer: seen.layers[1] })).tokens).toBe(77);
    },
    LONG,
  );
});
