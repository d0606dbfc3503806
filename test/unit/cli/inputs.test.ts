import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConceptFlags } from '../../../native-runtime/cli/conceptFlags';
import { addTrainFlags, readTrainInputs, type TrainFlags } from '../../../native-runtime/cli/trainInputs';
import { chooseWords } from '../../../native-runtime/cli/wordChoice';
import { productRoot } from '../../../native-runtime/productRoot';
import { temporaryFolder } from '../../support/temporaryFolder';
import { fixture } from '../../support/tinyBases';

const base = fixture('sd1', 'base');

function parse(args: readonly string[]) {
  const command = new Command()
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .argument('[config]');
  const concepts = new ConceptFlags();
  addTrainFlags(command, concepts);
  command.parse(args, { from: 'user' });
  return { file: command.args[0], flags: command.opts<TrainFlags>(), concepts };
}

async function configOf(...args: string[]) {
  const { file, flags, concepts } = parse(args);
  return (await readTrainInputs(file, flags, concepts)).config;
}

describe('the inputs of a run', () => {
  it('flags after a concept belong to it', () => {
    const { concepts } = parse([
      '--concept',
      'a',
      '--class',
      'cat',
      '--token',
      '<x>',
      '--concept',
      'b',
      '--prior-count',
      '5',
      '--class',
      'dog',
    ]);
    expect(concepts.concepts()).toEqual([
      { folder: 'a', classNoun: 'cat', modifierToken: '<x>' },
      { folder: 'b', classNoun: 'dog', prior: { count: 5 } },
    ]);
  });

  it('a flag given twice for one concept is refused', () => {
    expect(() => parse(['--concept', 'a', '--class', 'cat', '--class', 'dog'])).toThrow(
      /--class: is given twice for a/,
    );
  });

  it('flags win over the file, paths in the file start at its folder', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'config.json');
    const written = {
      base,
      concepts: [{ folder: 'cats', classNoun: 'cat' }],
      mode: 'crossattn',
      steps: 9,
      sample: { steps: 3 },
    };
    writeFileSync(file, JSON.stringify(written));
    const config = await configOf(
      file,
      '--steps',
      '7',
      '--layers',
      '*.attn2.to_k',
      '--no-flip',
      '--sample-seeds',
      '2-3',
    );
    expect(config).toMatchObject({
      steps: 7,
      layers: ['*.attn2.to_k'],
      augmentation: { enabled: true, flip: false },
      sample: { steps: 3, seeds: [2, 3] },
      // The size that the base was trained at.
      resolution: 128,
    });
    expect(config.mode).toBeUndefined();
    expect(config.concepts[0]!.folder).toBe(join(folder, 'cats'));
  });

  it('reads a concept list of the reference scripts', async () => {
    const file = join(temporaryFolder(), 'concepts_list.json');
    writeFileSync(
      file,
      JSON.stringify([{ instance_prompt: 'photo of a <new1> cat', class_prompt: 'cat', instance_data_dir: '/cats' }]),
    );
    const { concepts } = await configOf(file, '--base', base);
    expect(concepts[0]).toMatchObject({
      modifierToken: '<new1>',
      classNoun: 'cat',
      folder: '/cats',
      template: 'photo of a {}',
    });
  });
});

describe('words of a prompt', () => {
  const word = (text: string, ...positions: number[]) => ({ text, positions, isModifier: text.startsWith('<') });
  const words = [
    word('<new1>', 1),
    word('cat', 2),
    word('and', 3),
    word('a', 4),
    word('labradoodle', 5, 6),
    word('cat', 7),
  ];

  it('are found by name, number and joined', () => {
    const found = chooseWords(words, ['CAT', 'cat:2', '<new1>+labradoodle']);
    expect(found.map(({ text, positions, isModifier }) => ({ text, positions, isModifier }))).toEqual([
      { text: 'cat', positions: [2], isModifier: false },
      { text: 'cat', positions: [7], isModifier: false },
      { text: '<new1> labradoodle', positions: [1, 5, 6], isModifier: true },
    ]);
  });

  it.each(['dog', 'cat:3', '<new1>+dog', ''])('"%s" is refused with a list of the words', (name) => {
    expect(() => chooseWords(words, [name])).toThrow(/Its words: <new1>, cat, and, a, labradoodle, cat/);
  });
});

describe('the product folder', () => {
  it('is found from inside and not from elsewhere', () => {
    expect(productRoot(join(__dirname, 'deeper', 'still'))).toBe(join(__dirname, '../../..'));
    expect(() => productRoot(temporaryFolder())).toThrow(/no product folder/);
  });
});
