import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareRun, traitsOf, type PrepareOptions } from '../../../native-runtime/train/prepareRun';
import { differences, requireSameIdentity } from '../../../native-runtime/train/runIdentity';
import { openSafetensors, readTensor } from '../../../native-runtime/formats/safetensors';
import { ClipTokenizer } from '../../../native-runtime/tokenizer/clipTokenizer';
import type { ResolvedConcept, ResolvedTrainConfig } from '../../../src/common/config/resolvedTrainConfig';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase, tinyConcept, tinyConfig, tinyOptions } from '../../support/tinyRun';

const root = temporaryFolder();
let config: ResolvedTrainConfig;

beforeAll(async () => {
  config = await tinyConfig(root);
  mkdirSync(join(root, 'empty'));
  mkdirSync(join(root, 'text'));
  writeFileSync(join(root, 'text', 'a.jpg'), 'not a picture');
  writeFileSync(join(root, 'file'), '');
  await tinyConcept(join(root, 'captioned'));
  writeFileSync(join(root, 'captioned', 'picture-1.txt'), `${'red '.repeat(80)}<new1> cat`);
});

const concept = (changes: Partial<ResolvedConcept>): Partial<ResolvedTrainConfig> => ({
  concepts: [{ ...config.concepts[0]!, ...changes }],
});
const prior = (changes: Partial<ResolvedConcept['prior']>) =>
  concept({ prior: { ...config.concepts[0]!.prior, ...changes } });

describe('bad input is refused before any work', () => {
  it.each<[string, () => Partial<ResolvedTrainConfig>, RegExp, Partial<PrepareOptions>?]>([
    ['an empty folder', () => concept({ folder: join(root, 'empty') }), /empty: the folder holds no pictures/],
    ['C2 a folder of non-pictures', () => concept({ folder: join(root, 'text') }), /none of 1 files can be used/],
    ['a folder that does not exist', () => concept({ folder: join(root, 'nowhere') }), /does not exist/],
    ['a base that does not exist', () => ({ base: join(root, 'nowhere') }), /there is no such model/],
    [
      'D7 a token that is a word of the vocabulary',
      () => concept({ modifierToken: 'cat' }),
      /cat: this is a piece of the vocabulary/,
    ],
    ['D7 a special token', () => concept({ modifierToken: '<|endoftext|>' }), /already has this token/],
    ['D9 an initialiser of several pieces', () => concept({ initialiser: 'xylophone' }), /not one whole word/],
    [
      'D6 a caption whose token the model never reads',
      () => concept({ folder: join(root, 'captioned') }),
      /picture-1\.png: <new1> comes after the 75/,
    ],
    [
      'D6 a prior prompt with an unknown token',
      () => prior({ prompt: 'photo of a <new1> cat' }),
      /prior\.prompt: <new1> is not a token/,
    ],
    [
      'D4 a sample prompt with an unknown token',
      () => ({ sample: { ...config.sample, every: 5, prompts: ['a <new9> cat'] } }),
      /sample\.prompts\[0\]: <new9>/,
    ],
    ['C21 a resolution the base cannot work at', () => ({ resolution: 72 }), /The nearest is 64/],
    [
      'layers that match nothing',
      () => ({ mode: undefined, layers: ['down_blocks.0.*.attn3'] }),
      /"down_blocks\.0\.\*\.attn3" matches no attention layer/,
    ],
    [
      'C22 an empty folder of prior pictures',
      () => prior({ kind: 'folder', folder: join(root, 'empty') }),
      /holds no prior pictures/,
    ],
    ['a device that cannot train', () => ({ device: 'cuda' }), /device: computing on "cuda"/],
    ['more sampler steps than the base has', () => ({ sample: { ...config.sample, steps: 100_000 } }), /steps/],
    ['G3 too little space', () => ({}), /needs \d+ MB of disk, 0 MB are free/, { freeBytes: async () => 1000 }],
    ['G4 an output that is a file', () => ({ output: join(root, 'file') }), /is not a folder/],
  ])('%s', async (_, changes, message, options) => {
    const before = readdirSync(root).sort();
    await expect(prepareRun({ ...config, ...changes() }, { ...tinyOptions, ...options })).rejects.toThrow(message);
    expect(
      readdirSync(root)
        .filter((name) => name !== 'runs')
        .sort(),
    ).toEqual(before.filter((name) => name !== 'runs'));
  });

  it.skipIf(process.getuid?.() === 0)('G4 an output that cannot be written to', async () => {
    const closed = join(root, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    await expect(prepareRun({ ...config, output: join(closed, 'runs') }, tinyOptions)).rejects.toThrow(
      /cannot be written/,
    );
  });
});

describe('a prepared run', () => {
  it('starts its tokens from the mean of the initialisers, and the class noun where a vocabulary lacks the recipe', async () => {
    const second = { ...config.concepts[0]!, modifierToken: '<NEW2>', initialiser: 'dog' };
    const run = await prepareRun({ ...config, concepts: [config.concepts[0]!, second] }, tinyOptions);
    const file = await openSafetensors(join(tinyBase, 'text_encoder', 'model.safetensors'));
    const table = await readTensor(
      file,
      [...file.tensors.keys()].find((name) => name.endsWith('token_embedding.weight'))!,
    );
    const tokenizer = await ClipTokenizer.load(join(tinyBase, 'tokenizer'));
    const row = (word: string) => [...table.data.slice(tokenizer.idOf(word)! * 16, tokenizer.idOf(word)! * 16 + 16)];
    const rows = [...(await run.readInitialWeights()).get('modifier_rows.0')!.data];
    expect(rows).toEqual([...row('cat</w>'), ...row('dog</w>')]);
    expect(run.identity.concepts[1]!.pictures['picture-0.png']?.caption).toBe('photo of a <NEW2> cat');
  });

  it('trains exactly what the mode selects, in float32 as in the base', async () => {
    const run = await prepareRun({ ...config, mode: 'crossattn-kv' }, tinyOptions);
    const names = [...(await run.readInitialWeights()).keys()].filter((name) => !name.startsWith('modifier_rows'));
    expect(names).toHaveLength(32);
    expect(names.every((name) => /attn2\.to_[kv]\.weight$/.test(name))).toBe(true);
    const stored = await readTensor(await openSafetensors(run.base.unet.file.path), names[0]!);
    expect((await run.readInitialWeights()).get(names[0]!)).toEqual(stored);
  });

  it('says nothing of pictures that were left out on purpose', async () => {
    const folder = await tinyConcept(join(root, 'chosen'));
    writeFileSync(join(folder, 'broken.png'), 'not a picture');
    const without = await prepareRun({ ...config, ...concept({ folder, exclude: ['picture-2.png'] }) }, tinyOptions);
    expect(without.warnings.filter((warning) => warning.includes('not used'))).toEqual([
      expect.stringContaining('broken.png: not used'),
    ]);
  });

  it('tells the resolutions of its base', async () => {
    const { base } = await prepareRun(config, tinyOptions);
    expect(traitsOf(base)).toEqual({ resolution: 128, resolutionMultiple: 64 });
  });

  it('G6 has an identity that paths, names and lengths do not change', async () => {
    const run = await prepareRun(config, tinyOptions);
    const moved = {
      ...config,
      name: 'other',
      steps: 30,
      output: join(root, 'elsewhere'),
      checkpointEvery: 7,
      keepCheckpoints: 9,
      threads: 2,
    };
    const same = await prepareRun(
      { ...moved, concepts: [{ ...config.concepts[0]!, folder: await tinyConcept(join(root, 'copy')) }] },
      tinyOptions,
    );
    expect(differences(run.identity, same.identity)).toEqual([]);
    const changed = await prepareRun(
      { ...config, schedule: 'linear', latentPool: 3, layers: ['mid_block'], mode: undefined },
      tinyOptions,
    );
    expect(() => requireSameIdentity(run.identity, changed.identity, 'here')).toThrow(
      /config\.mode: "crossattn-kv" → nothing; .*latentPool: 2 → 3.*steps: nothing → 20/,
    );
  });
});
