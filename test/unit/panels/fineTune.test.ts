import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../../../src/common/config/parseTrainConfig';
import { checkAtOnce, checkStateOf } from '../../../src/panels/fineTuneCheck';
import { guessClassNoun } from '../../../src/panels/fineTuneClassNoun';
import { readFineTuneDocument, writeFineTuneDocument } from '../../../src/panels/fineTuneDocument';
import { lookForPictures } from '../../../src/panels/fineTuneFolders';
import { freeTokenNumber, newDraft } from '../../../src/panels/fineTuneNewDraft';
import { absoluteBase, conceptFolders, isPageEdit, writtenPath } from '../../../src/panels/fineTunePaths';
import { fieldProblem } from '../../../src/panels/fineTuneProblems';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = resolve('/work-space');
const at = (...parts: string[]) => join(root, ...parts);

describe('class noun of a folder', () => {
  it.each([
    ['mochi-cat', 'cat'],
    ['cat_01', 'cat'],
    ['Biscuit Dog (2)', 'dog'],
    ['MyTeddy', 'teddy'],
    ['Kätzchen', 'kätzchen'],
    ['2024-05-01', ''],
    ['a/b/red.bird/', 'bird'],
  ])('%s → "%s"', (folder, noun) => expect(guessClassNoun(folder)).toBe(noun));
});

describe('new forms', () => {
  it('number the tokens, guess the nouns and write paths relative to their folder', () => {
    const draft = newDraft([at('concepts', 'mochi-cat'), at('rex-dog')], root, { base: 'pocket' });
    expect(draft).toEqual({
      base: 'pocket',
      concepts: [
        { folder: 'concepts/mochi-cat', classNoun: 'cat', modifierToken: '<new1>' },
        { folder: 'rex-dog', classNoun: 'dog', modifierToken: '<new2>' },
      ],
    });
    expect(checkAtOnce(draft).problems).toEqual([]);
  });

  it('write what settings say, and no folder of runs that is the default', () => {
    const settings = { base: 'pocket', mode: 'crossattn', sampleEvery: 20, threads: 2 };
    expect(newDraft([at('cat')], root, { ...settings, output: at('.custom-diffusion', 'runs') })).toMatchObject({
      mode: 'crossattn',
      sample: { every: 20 },
      threads: 2,
    });
    expect(
      newDraft([at('cat')], root, { base: 'pocket', output: at('.custom-diffusion', 'runs') }).output,
    ).toBeUndefined();
    const elsewhere = resolve('/elsewhere/runs');
    expect(newDraft([at('cat')], root, { base: 'pocket', output: elsewhere }).output).toBe(elsewhere);
  });

  it('a folder without letters leaves the noun to the user, and says so', () => {
    const draft = newDraft([at('2024')], root, { base: 'pocket' });
    expect(checkAtOnce(draft).problems.map(({ field }) => field)).toEqual(['concepts.0.classNoun']);
  });

  it('the next token is the first that is free', () => {
    expect(freeTokenNumber(['<new1>', '<NEW3>', undefined])).toBe(2);
    expect(freeTokenNumber([])).toBe(1);
  });
});

describe('paths', () => {
  it('are relative inside the folder and absolute outside', () => {
    expect(writtenPath(at('a', 'b'), root)).toBe('a/b');
    expect(writtenPath(root, root)).toBe('.');
    expect(writtenPath(resolve('/other'), root)).toBe(resolve('/other'));
    expect(writtenPath(at('..hidden'), root)).toBe('..hidden');
  });

  it('of concepts and base are made absolute for the runtime', () => {
    const concepts = [{ folder: 'cat' }, { folder: 3 }, {}];
    expect(conceptFolders({ concepts }, root)).toEqual([at('cat'), '', '']);
    expect(absoluteBase({ base: 'pocket' }, root)).toBe('pocket');
    expect(absoluteBase({ base: 'models/sd' }, root)).toBe(at('models', 'sd'));
    expect(absoluteBase({}, root)).toBe('pocket');
  });

  it.each<[string, (string | number)[], unknown, boolean]>([
    ['a number', ['steps'], 10, true],
    ['a list of files', ['concepts', 0, 'exclude'], ['a.png'], true],
    ['leaving a folder to the default', ['output'], undefined, true],
    ['a folder of priors', ['concepts', 0, 'prior', 'folder'], '/etc', false],
    ['priors as a whole', ['concepts', 0, 'prior'], { kind: 'folder', folder: '/etc' }, false],
    ['the base model', ['base'], '/etc/passwd', false],
    ['the folder of a concept', ['concepts', 0, 'folder'], '/etc', false],
    ['removing the folder of a concept', ['concepts', 0, 'folder'], undefined, false],
    ['a concept', ['concepts', 0], { folder: '/etc' }, false],
    ['all concepts', ['concepts'], [], false],
    ['the folder of runs', ['output'], '/etc', false],
  ])('the page may not write them: %s', (_name, path, value, allowed) => {
    expect(isPageEdit({ path, value })).toBe(allowed);
  });
});

describe('fields of problems', () => {
  const folders = [at('cat'), at('cat', 'inner'), ''];
  it.each<[string, string, { field: string; file?: string }]>([
    ['brackets', 'concepts[1].prior.count', { field: 'concepts.1.prior.count' }],
    ['dots', 'concepts.0.folder', { field: 'concepts.0.folder' }],
    ['a plain field', 'steps', { field: 'steps' }],
    ['an entry of a list', 'sample.seeds[2]', { field: 'sample.seeds.2' }],
    ['the folder of a concept', at('cat'), { field: 'concepts.0.folder' }],
    ['a caption', at('cat', '01.txt'), { field: 'concepts.0.folder', file: '01.txt' }],
    ['a folder in a folder', at('cat', 'inner', 'a.png'), { field: 'concepts.1.folder', file: 'a.png' }],
    ['a file elsewhere', resolve('/models/sd.ckpt'), { field: '' }],
    ['something that is no field', '--layers', { field: '' }],
    ['nothing', '', { field: '' }],
  ])('%s', (_name, field, expected) => {
    const found = fieldProblem({ field, problem: 'is wrong', remedy: 'Do it' }, folders);
    expect(found).toMatchObject(expected);
    expect(found.remedy).toBe('Do it');
    expect(found.problem.endsWith('is wrong')).toBe(true);
    if (expected.field === '' && field) expect(found.problem).toContain(field);
  });

  it('a problem of a folder that begins with a file is about that file', () => {
    const of = (problem: string) => fieldProblem({ field: 'concepts[0].folder', problem, remedy: '' }, folders);
    const field = 'concepts.0.folder';
    expect(of(`${at('cat', 'a.txt')}: no noun`)).toMatchObject({ field, file: 'a.txt', problem: 'no noun' });
    expect(of('the folder holds no pictures').file).toBeUndefined();
    expect(of(`${at('cat')}: empty`)).toEqual({ field, problem: `${at('cat')}: empty`, remedy: '' });
  });

  it('warnings about pictures are left to the pictures', () => {
    const draft = { concepts: [{ folder: 'cat' }] };
    const warnings = [`${at('cat', 'a.png')}: seems blurred`, `${at('cat2')}: other`, 'learningRate: high'];
    const state = checkStateOf({ problems: [], warnings }, draft, root);
    expect(state.warnings).toEqual([`${at('cat2')}: other`, 'Effective learning rate: high']);
  });
});

describe('documents', () => {
  it('are read back as they were written, for the command line too', async () => {
    const draft = {
      base: 'pocket',
      concepts: [{ folder: 'cat', exclude: ['2.png'], classNoun: 'cat', modifierToken: '<new1>', prior: { count: 8 } }],
      layers: ['down_blocks.*.attn2.to_k'],
      learningRate: 0.00004,
      sample: { prompts: ['a <new1> cat'], seeds: [1, 2] },
    };
    const text = writeFineTuneDocument(draft);
    expect(await readFineTuneDocument(text, 'c.json', root, 'pocket')).toEqual(draft);
    expect(parseTrainConfig(text, 'c.json')).toEqual(draft);
  });

  it('with wrong values open all the same, and the form says what is wrong', async () => {
    const text = '{"base": "pocket", "concepts": [{"folder": "cat", "classNoun": ""}], "steps": "ten"}';
    const draft = await readFineTuneDocument(text, 'c.json', root, 'pocket');
    expect(
      checkAtOnce(draft)
        .problems.map(({ field }) => field)
        .sort(),
    ).toEqual(['concepts.0.classNoun', 'steps']);
  });

  it.each([
    ['malformed JSON', '{"base": }', 'c.json:1:10'],
    ['something else', '{"name": "package"}', 'c.json'],
    ['no concepts', '{"base": "pocket", "concepts": []}', 'c.json'],
    ['a concept without a folder', '{"base": "pocket", "concepts": [{}]}', 'c.json'],
  ])('%s is refused', async (_name, text, where) => {
    await expect(readFineTuneDocument(text, 'c.json', root, 'pocket')).rejects.toMatchObject({
      code: 'bad-config',
      where,
    });
  });

  it('a concept list of the reference scripts becomes a form; class pictures that are not there are generated', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    const entry = (class_data_dir: string) => ({
      instance_prompt: 'photo of a <new1> cat',
      class_prompt: 'cat',
      instance_data_dir: 'cat',
      class_data_dir,
    });
    const list = JSON.stringify([entry('real'), { ...entry('missing'), instance_prompt: 'photo of a <new2> cat' }]);
    const draft = await readFineTuneDocument(list, 'concepts_list.json', folder, 'pocket');
    expect(draft).toMatchObject({
      base: 'pocket',
      concepts: [
        { prior: { kind: 'folder', folder: 'real' } },
        { modifierToken: '<new2>', prior: { kind: 'generated' } },
      ],
    });
    expect(checkAtOnce(draft).problems).toEqual([]);
  });
});

describe('folders before they are opened', () => {
  it('are told apart by the names in them', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'cat'));
    await mkdir(join(folder, 'empty'));
    for (const name of ['a.PNG', 'b.jpeg', '.hidden.png', 'c.txt']) await writeFile(join(folder, 'cat', name), 'x');
    expect(await lookForPictures(join(folder, 'cat'))).toEqual({ pictures: 2, inner: [] });
    expect(await lookForPictures(folder)).toEqual({ pictures: 0, inner: ['cat'] });
    await expect(lookForPictures(join(folder, 'none'))).rejects.toThrow();
  });
});
