import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderCompletions, lookAtFolder, resolveFolder } from '../../../src/editors/conceptFolders';
import { findConceptProblems } from '../../../src/editors/conceptProblems';
import { jsonRanges, rangeOf } from '../../../src/editors/jsonRanges';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const picture = (name: string) => writeFileSync(join(folder, name), '');
mkdirSync(join(folder, 'cat'));
mkdirSync(join(folder, 'few'));
mkdirSync(join(folder, 'empty', 'inner'), { recursive: true });
for (let i = 0; i < 5; i++) picture(`cat/${i}.PNG`);
picture('few/1.webp');
picture('few/._1.png');
picture('file.txt');

const problemsOf = async (value: unknown) =>
  (await findConceptProblems(JSON.stringify(value), folder, lookAtFolder)).map(
    ({ path, problem, severity }) => `${severity} ${path}: ${problem}`,
  );
const entry = (prompt: string, dir = 'cat', more = {}) => ({
  instance_prompt: prompt,
  instance_data_dir: dir,
  ...more,
});

describe('problems in a list of concepts', () => {
  test('a sound list', async () => {
    expect(await problemsOf([entry('photo of a <new1> cat'), entry('photo of a <new2> dog')])).toEqual([]);
  });

  test.each([
    ['no token', [entry('photo of a cat')], 'error [0].instance_prompt: "photo of a cat" holds no modifier token'],
    ['no class noun', [entry('photo of a <new1>')], 'error [0].instance_prompt: no class noun follows <new1>'],
    [
      'token used twice, in another case',
      [entry('a <new1> cat'), entry('a <NEW1> dog')],
      'error [1].instance_prompt: "<NEW1>" is already the token of entry 1',
    ],
    ['missing folder', [entry('a <new1> cat', 'none')], 'error [0].instance_data_dir: there is no such folder'],
    ['a file', [entry('a <new1> cat', 'file.txt')], 'error [0].instance_data_dir: this is not a folder'],
    ['no pictures', [entry('a <new1> cat', 'empty')], 'error [0].instance_data_dir: the folder holds no pictures'],
    ['few pictures', [entry('a <new1> cat', 'few')], 'warning [0].instance_data_dir: the folder holds 1 pictures'],
    [
      'missing prior folder',
      [entry('a <new1> cat', 'cat', { class_data_dir: 'none' })],
      'error [0].class_data_dir: there is no such folder',
    ],
  ])('%s', async (_, list, problem) => {
    const found = await problemsOf(list);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  test('an entry that the schema refuses does not hide the others', async () => {
    const found = await problemsOf([{ instance_prompt: 5, instance_data_dir: 'none' }, entry('a cat')]);
    expect(found).toEqual([
      expect.stringContaining('[1].instance_prompt'),
      'error [0].instance_data_dir: there is no such folder',
    ]);
  });

  test('unfinished JSON is left to the editor', async () => {
    expect(await findConceptProblems('[{"instance_prompt": ', folder, lookAtFolder)).toEqual([]);
    expect(await problemsOf('text')).toEqual([]);
  });
});

describe('problems in a training configuration', () => {
  const concept = (modifierToken: string, more = {}) => ({ folder: 'cat', classNoun: 'cat', modifierToken, ...more });

  test('rules between fields and folders', async () => {
    const found = await problemsOf({
      base: 'pocket',
      concepts: [concept('<a>'), concept('<A>', { prior: { kind: 'folder', folder: 'empty' } })],
    });
    expect(found).toEqual([
      'error concepts[1].modifierToken: "<A>" is already the token of concepts[0]',
      'error concepts[1].prior.folder: the folder holds no pictures',
    ]);
  });

  test('fields that the schema refuses are left to it', async () => {
    expect(await problemsOf({ base: 'pocket', concepts: [{ folder: 'cat' }] })).toEqual([]);
  });
});

describe('places in a text', () => {
  const text = '{ "a": [1, {"b c": "x\\"]y"}, []],\n "d": {"e": true} }';
  const ranges = jsonRanges(text);
  const at = (path: string) => {
    const { start, end } = rangeOf(ranges, path);
    return text.slice(start, end);
  };

  test.each([
    ['', text],
    ['a', '[1, {"b c": "x\\"]y"}, []]'],
    ['a[0]', '1'],
    ['a[1]', '{"b c": "x\\"]y"}'],
    ['a[1]."b c"', '"x\\"]y"'],
    ['a[2]', '[]'],
    ['d.e', 'true'],
    ['d.missing', '{"e": true}'],
    ['a[7].missing.deep', '[1, {"b c": "x\\"]y"}, []]'],
  ])('%s', (path, expected) => {
    expect(at(path)).toBe(expected);
  });
});

test('folders to go on with', async () => {
  expect(await folderCompletions('', folder)).toEqual(['cat', 'empty', 'few']);
  expect(await folderCompletions('empty/', folder)).toEqual(['empty/inner']);
  expect(await folderCompletions('./em', folder)).toContain('./empty');
  expect(await folderCompletions('none/', folder)).toEqual([]);
  expect(resolveFolder('cat', folder)).toBe(join(folder, 'cat'));
  expect(resolveFolder('~', folder)).not.toContain('~');
});
