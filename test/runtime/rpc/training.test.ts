import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../../src/common/config/trainConfig';
import { runtimeProcess, RuntimeProcess } from '../../support/runtimeProcess';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase, tinyConcept } from '../../support/tinyRun';

const runtime = runtimeProcess();
const root = temporaryFolder();
const LONG = 300_000;

const config = (changes: Partial<TrainConfig> = {}): TrainConfig => ({
  base: tinyBase,
  output: 'runs',
  name: 'tiny',
  concepts: [{ folder: 'cat', classNoun: 'cat', prior: { kind: 'none' } }],
  resolution: 64,
  steps: 24,
  learningRate: 1e-3,
  instanceRows: 1,
  latentPool: 1,
  checkpointEvery: 1000,
  sample: { every: 0 },
  threads: 1,
  ...changes,
});

/** Steps that the updates of a job tell of. */
const stepsOf = (job: string) =>
  runtime.current
    .updates('train/update', job)
    .flatMap((update) => (update.kind === 'steps' ? update.steps.map(({ step }) => step) : []));
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

beforeAll(async () => {
  await tinyConcept(join(root, 'cat'));
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'text'));
  writeFileSync(join(root, 'text', 'a.jpg'), 'not a picture');
  writeFileSync(join(root, 'file'), '');
});

describe('a check', () => {
  const check = (value: unknown, estimate = false) =>
    runtime.current.request('train/check', { config: value, folder: root, estimate });
  const fieldsOf = async (value: unknown) => (await check(value)).problems.map(({ field }) => field).sort();

  it('names everything that stops the start', async () => {
    const found = await check({
      base: join(root, 'nowhere'),
      output: 'file/runs',
      steps: 'many',
      learningRat: 1,
      sample: { prompts: [''] },
      concepts: [
        { folder: 'empty', classNoun: 'cat' },
        { folder: 'missing', classNoun: 'dog' },
        { folder: 'text', classNoun: 7 },
        { folder: 'https://example.org/cat', classNoun: 'bird' },
      ],
    });
    expect(found.problems.map(({ field }) => field).sort()).toEqual([
      'base',
      'concepts.0.folder',
      'concepts.1.folder',
      'concepts.2.classNoun',
      'concepts.2.folder',
      'concepts.3.folder',
      'learningRat',
      'output',
      'sample.prompts.0',
      'steps',
    ]);
    expect(found.problems.find(({ field }) => field === 'learningRat')?.remedy).toBe('Did you mean "learningRate"?');
    expect(found.resolved).toBeUndefined();
  });

  it.each<[string, Partial<TrainConfig>, string[]]>([
    [
      'D7 a token of the tokenizer',
      { concepts: [{ folder: 'cat', classNoun: 'cat', modifierToken: 'cat' }] },
      ['concepts.0.modifierToken'],
    ],
    [
      'D9 an initialiser of several pieces',
      { concepts: [{ folder: 'cat', classNoun: 'cat', initialiser: 'xylophone' }] },
      ['concepts.0.initialiser'],
    ],
    ['C21 a size the base cannot work at, and a device', { resolution: 72, device: 'cuda' }, ['device', 'resolution']],
    ['layers that do not exist', { layers: ['no.such.layer'] }, ['layers']],
    ['an unsupported base', { base: 'test/fixtures' }, ['base']],
    [
      'D4 an unknown token in a sample prompt',
      { sample: { every: 5, prompts: ['a <new7> cat'] } },
      ['sample.prompts.0'],
    ],
  ])('tells %s', async (_, changes, fields) => {
    expect(await fieldsOf(config(changes))).toEqual(fields);
  });

  it('of what is no configuration says so', async () => {
    expect((await check('text')).problems).toHaveLength(1);
    expect(await fieldsOf({})).toEqual(['base', 'concepts']);
  });

  it('of a good configuration gives all defaults and the estimate, and writes nothing', async () => {
    const found = await check(config(), true);
    expect(found.problems).toEqual([]);
    expect(found.resolved).toMatchObject({ output: join(root, 'runs'), mode: 'crossattn-kv', steps: 24 });
    expect(found.warnings.join()).toMatch(/without prior pictures/);
    const { estimate } = found;
    for (const value of Object.values(estimate!)) expect(value).toBeGreaterThan(0);
    expect(existsSync(join(root, 'runs'))).toBe(false);
  });

  it('finds what the start refuses', async () => {
    const bad = config({ device: 'cuda' });
    const [problem] = (await check(bad)).problems;
    const refused = await runtime.current.refusal('train/start', { job: 'bad', config: bad, folder: root });
    expect(refused).toMatchObject({ where: problem!.field, problem: problem!.problem, remedy: problem!.remedy });
  });
});

describe('training', () => {
  let whole = '';

  it(
    'tells of every step once, in order, at most five times a second',
    async () => {
      const { current } = runtime;
      const sampled = config({
        checkpointEvery: 12,
        sample: { every: 24, prompts: ['a <new1> cat'], seeds: [5], steps: 2, captureAttention: true },
      });
      const result = await current.request('train/start', { job: 'whole', config: sampled, folder: root });
      expect(result).toMatchObject({ status: 'finished', step: 24 });
      whole = result.delta!;
      const updates = current.updates('train/update', 'whole');
      expect(updates[0]).toEqual({ kind: 'started', folder: result.folder });
      expect(stepsOf('whole')).toEqual(upTo(24));
      const checkpoints = updates.flatMap((u) => (u.kind === 'checkpoint' ? [u.step] : []));
      expect(checkpoints).toEqual([12, 24]);
      // A checkpoint comes after the steps that are in it.
      const at = updates.findIndex((u) => u.kind === 'checkpoint');
      const before = updates.slice(0, at).flatMap((u) => (u.kind === 'steps' ? u.steps.map(({ step }) => step) : []));
      expect(before).toEqual(upTo(12));
      const [, last] = updates.flatMap((u) => (u.kind === 'samples' ? [u.grid] : []));
      expect(last).toMatchObject({ step: 24, pictures: [{ prompt: 'a <new1> cat', seed: 5 }] });
      expect(existsSync(last!.gridPath!) && existsSync(last!.pictures[0]!.attentionPath!)).toBe(true);
    },
    LONG,
  );

  it(
    'stops after its step, and goes on to the same bytes',
    async () => {
      const { current } = runtime;
      const run = current.request('train/start', { job: 'part', config: config(), folder: root });
      await current.until(() => stepsOf('part').length > 0);
      expect(await current.refusal('train/start', { job: 'other', config: config(), folder: root })).toMatchObject({
        code: 'conflict',
        where: 'part',
      });
      await current.request('train/stop', { job: 'other' });
      await current.request('train/stop', { job: 'part' });
      const stopped = await run;
      expect(stopped.status).toBe('stopped');
      expect(stopped.step).toBeLessThan(24);
      expect(stepsOf('part')).toEqual(upTo(stopped.step));
      expect(readdirSync(join(stopped.folder, 'checkpoints'))).toEqual([String(stopped.step).padStart(6, '0')]);
      const summary = await current.request('delta/summary', {
        path: join(stopped.folder, 'checkpoints', String(stopped.step).padStart(6, '0')),
      });
      expect(summary).toMatchObject({
        format: 'checkpoint',
        modifierTokens: ['<new1>'],
        classNouns: { '<new1>': 'cat' },
        base: tinyBase,
      });
      const resumed = await current.request('train/resume', { job: 'rest', run: stopped.folder });
      expect(resumed).toMatchObject({ status: 'finished', step: 24 });
      expect(stepsOf('rest')).toEqual(upTo(24, stopped.step + 1));
      expect(readFileSync(resumed.delta!).equals(readFileSync(whole))).toBe(true);
    },
    LONG,
  );

  it(
    'keeps a checkpoint when the host dies, and leaves no process behind',
    async () => {
      const own = new RuntimeProcess(runtime.program);
      const run = own.request('train/start', { job: 'orphan', config: config({ steps: 100_000 }), folder: root });
      run.catch(() => {});
      await own.until(() => own.updates('train/update', 'orphan').some(({ kind }) => kind === 'steps'));
      const [started] = own.updates('train/update', 'orphan');
      const { folder } = started as { kind: 'started'; folder: string };
      expect(await own.disconnect()).toBe(0);
      expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(1);
      expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({ status: 'stopped' });
      expect(existsSync(join(folder, 'lock.json'))).toBe(false);
      expect(() => process.kill(own.child.pid!, 0)).toThrow();
    },
    LONG,
  );
});
