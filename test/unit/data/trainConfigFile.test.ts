import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveAllPaths, resolveConfigPath, resolveConfigPaths } from '../../../native-runtime/data/configPaths';
import { readTrainConfigFile } from '../../../native-runtime/data/trainConfigFile';
import { inFolder } from './pictures';

const documents = resolve('/data/project');

describe('paths of a configuration', () => {
  it.each([
    ['D3 relative', 'cat', join(documents, 'cat')],
    ['D3 upwards', '../../etc', resolve('/etc')],
    ['D3 absolute', resolve('/models/sd'), resolve('/models/sd')],
    ['D3 home folder', '~/cat', join(homedir(), 'cat')],
    ['D3 a name with a dollar inside', 'cat$1', join(documents, 'cat$1')],
  ])('%s', (_name, text, expected) => expect(resolveConfigPath(text, documents, 'base')).toBe(expected));

  it.each([
    ['D3 file URL', 'file:///etc', 'is a URL'],
    ['D3 web address', 'https://example.org/cat', 'is a URL'],
    ['D3 environment variable', '$HOME/cat', 'environment variable'],
    ['D3 environment variable in braces', 'x/${HOME}', 'environment variable'],
    ['D3 environment variable of Windows', '%USERPROFILE%\\cat', 'environment variable'],
    ["D3 another user's home", '~root/cat', 'home folder'],
    ...(process.platform === 'win32' ? [] : [['D3 UNC', '\\\\server\\share', 'network path']]),
  ])('%s is refused', (_name, text, message) => {
    expect(() => resolveConfigPath(text!, documents, 'concepts[0].folder')).toThrow(message);
    expect(() => resolveConfigPath(text!, documents, 'concepts[0].folder')).toThrow('concepts[0].folder');
  });

  it('D3 paths that lead out of the folder are listed', async () => {
    const concepts = [{ folder: '../cat', classNoun: 'cat', prior: { kind: 'folder' as const, folder: 'prior' } }];
    const { config, outside } = await resolveConfigPaths({ base: 'pocket', output: 'runs', concepts }, documents);
    expect(config).toMatchObject({
      base: 'pocket',
      output: join(documents, 'runs'),
      concepts: [{ folder: resolve(documents, '../cat'), prior: { folder: join(documents, 'prior') } }],
    });
    expect(outside).toEqual([{ field: 'concepts[0].folder', path: resolve(documents, '../cat') }]);
  });

  it('a folder of runs that is left out lies in the folder of the document, wherever the program runs', async () => {
    const config = { base: 'pocket', concepts: [{ folder: 'cat', classNoun: 'cat' }] };
    expect((await resolveAllPaths(config, documents)).output).toBe(join(documents, '.custom-diffusion', 'runs'));
    expect((await resolveAllPaths({ ...config, output: 'mine' }, documents)).output).toBe(join(documents, 'mine'));
  });
});

describe('configuration files', () => {
  it('are configurations or concept lists', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'have'));
      const entry = (n: number, dir: string) => ({
        instance_prompt: `photo of a <new${n}> cat`,
        class_prompt: 'cat',
        instance_data_dir: 'cat',
        class_data_dir: dir,
      });
      await writeFile(join(folder, 'l.json'), JSON.stringify([entry(1, 'have'), entry(2, 'have not')]));
      const { config } = await readTrainConfigFile(join(folder, 'l.json'));
      expect(config.base).toBe('pocket');
      expect(config.concepts.map(({ prior }) => prior)).toEqual([
        { kind: 'folder', folder: join(folder, 'have'), prompt: 'cat' },
        { kind: 'generated', prompt: 'cat' },
      ]);
      await writeFile(join(folder, 'c.json'), '{"base":"model","concepts":[{"folder":"cat","classNoun":"cat"}]}');
      const read = await readTrainConfigFile(join(folder, 'c.json'));
      expect(read.config).toEqual({
        base: join(folder, 'model'),
        concepts: [{ folder: join(folder, 'cat'), classNoun: 'cat' }],
      });
      expect(read.outside).toEqual([]);
    });
  });

  it.each<[string, string | Buffer, string]>([
    ['D1 byte order mark', '\ufeff{}', 'c.json:1:1: the file begins with a byte order mark'],
    ['D1 not UTF-8', Buffer.from([0x7b, 0xff]), 'not UTF-8'],
    ['D1 trailing comma', '[\n1,\n]', 'c.json:3:1'],
    ['D2 empty file', '', 'c.json:1:1: a value is expected'],
  ])('%s', async (_name, content, message) => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'c.json'), content);
      await expect(readTrainConfigFile(join(folder, 'c.json'))).rejects.toThrow(message);
    });
  });

  it('that are missing or folders are named', async () => {
    await inFolder(async (folder) => {
      await expect(readTrainConfigFile(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'not-found' });
      await expect(readTrainConfigFile(folder)).rejects.toThrow(/not a configuration/);
    });
  });
});
