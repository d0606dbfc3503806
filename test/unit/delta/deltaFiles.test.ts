import { copyFile, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Delta, DeltaFormat } from '../../../native-runtime/delta/delta';
import { loadDelta } from '../../../native-runtime/delta/loadDelta';
import { saveDelta } from '../../../native-runtime/delta/saveDelta';
import { readTree } from '../../../native-runtime/delta/tree';
import { openSafetensors, readTensors, writeSafetensors } from '../../../native-runtime/formats/safetensors';
import type { TorchData } from '../../../native-runtime/formats/pickleWriter';
import { writeTorchFile } from '../../../native-runtime/formats/torchWriter';
import { openWeightFile } from '../../../native-runtime/formats/weightFile';
import { float32, type TensorData } from '../../../native-runtime/tensorData';
import { temporaryFolder } from '../../support/temporaryFolder';

const fixtures = join(__dirname, '../../fixtures');
const temporary = temporaryFolder();
const freshFolder = () => mkdtemp(join(temporary, 'delta-'));

const files: Record<string, [string, DeltaFormat]> = {
  adobe: ['delta.bin', 'adobe'],
  diffusersBin: ['pytorch_custom_diffusion_weights.bin', 'diffusers-bin'],
  diffusersSafetensors: ['pytorch_custom_diffusion_weights.safetensors', 'diffusers-safetensors'],
  compvis: ['delta_epoch=000020.ckpt', 'compvis'],
};
const recordings = ['sd1', 'sd2', 'sdxl'].flatMap((model) =>
  Object.values(files)
    .filter(([file]) => model === 'sd1' || !file.endsWith('.ckpt'))
    .map(([file, format]) => [model, file, format] as const),
);

/** What the recording says was trained. */
async function trained(model: string, withTokens: boolean): Promise<Pick<Delta, 'unet' | 'modifierTokens'>> {
  const file = await openSafetensors(join(fixtures, model, 'train.self-crossattn-kv.safetensors'));
  const all = await readTensors(file);
  const unet = new Map<string, TensorData>();
  const modifierTokens = new Map<string, TensorData[]>([
    ['<new1>', []],
    ['<new2>', []],
  ]);
  for (const [name, tensor] of all) {
    const encoder = /^final\.modifier_rows\.(\d)$/.exec(name)?.[1];
    if (encoder !== undefined)
      [...modifierTokens.values()].forEach((rows, k) => {
        const width = tensor.shape[1]!;
        rows[Number(encoder)] = { ...tensor, shape: [width], data: tensor.data.slice(k * width, (k + 1) * width) };
      });
    else if (name.startsWith('final.')) unet.set(name.slice(6), tensor);
  }
  return { unet, modifierTokens: withTokens ? modifierTokens : new Map() };
}

describe('recorded deltas', () => {
  test.each(recordings)('%s %s loads to what was trained', async (model, file) => {
    const hasTokens = model !== 'sdxl' || file === 'delta.bin';
    const { unet, modifierTokens } = await loadDelta(join(fixtures, model, 'deltas', file));
    const expected = await trained(model, hasTokens);
    expect(unet).toEqual(expected.unet);
    expect(modifierTokens).toEqual(expected.modifierTokens);
    expect([...modifierTokens.keys()]).toEqual(hasTokens ? ['<new1>', '<new2>'] : []);
  });

  test.each(recordings)('%s %s: what is saved equals it key by key, token files too', async (model, file, format) => {
    const source = join(fixtures, model, 'deltas');
    const folder = await freshFolder();
    await saveDelta(join(folder, file), await loadDelta(join(source, file)), format);
    for (const written of await readdir(folder)) {
      const ours = await openWeightFile(join(folder, written));
      const theirs = await openWeightFile(join(source, written));
      expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort());
      expect(await ours.read()).toEqual(await theirs.read());
    }
    const tokenFiles = format.startsWith('diffusers') && model !== 'sdxl' ? 2 : 0;
    expect((await readdir(folder)).length).toBe(1 + tokenFiles);
  });
});

const delta: Delta = {
  unet: new Map([
    ['down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight', float32([2, 3], [1, 2, 3, 4, 5, 6])],
    ['up_blocks.3.attentions.2.transformer_blocks.0.attn1.to_out.0.bias', float32([2], [7, 8])],
  ]),
  modifierTokens: new Map([
    ['<new1>', [float32([3], [1, 2, 3])]],
    ['<new2>', [float32([3], [4, 5, 6])]],
  ]),
  metadata: { base: 'abc', tokens: '<new1> <new2>' },
};
const twoEncoders: Delta = {
  ...delta,
  modifierTokens: new Map([['<new1>', [float32([2], [1, 2]), float32([3], [3, 4, 5])]]]),
};

describe('saving and loading', () => {
  test.each<[DeltaFormat, string, Delta]>([
    ['safetensors', 'one encoder', delta],
    ['adobe', 'one encoder', delta],
    ['diffusers-bin', 'one encoder', delta],
    ['diffusers-safetensors', 'one encoder', delta],
    ['compvis', 'one encoder', delta],
    ['safetensors', 'two encoders', twoEncoders],
    ['adobe', 'two encoders', twoEncoders],
    ['diffusers-bin', 'two encoders', twoEncoders],
    ['diffusers-safetensors', 'two encoders', twoEncoders],
    ['safetensors', 'no tokens', { ...delta, modifierTokens: new Map() }],
    ['adobe', 'no tokens', { ...delta, modifierTokens: new Map() }],
    ['compvis', 'no tokens', { ...delta, modifierTokens: new Map() }],
  ])('%s, %s, under a name that says nothing', async (format, _, original) => {
    const path = join(await freshFolder(), 'file.dat');
    await saveDelta(path, original, format);
    const loaded = await loadDelta(path);
    expect(loaded.unet).toEqual(original.unet);
    expect(loaded.modifierTokens).toEqual(original.modifierTokens);
  });

  test('our own format keeps the metadata and marks itself', async () => {
    const path = join(await freshFolder(), 'delta.safetensors');
    await saveDelta(path, delta, 'safetensors');
    const { metadata } = await loadDelta(path);
    expect({ ...metadata }).toEqual({ ...delta.metadata, format: 'custom-diffusion-delta', version: '1' });
    expect([...(await openSafetensors(path)).tensors.keys()]).toContain('modifier_token.<new1>.0');
  });

  test('tokens with dots and other signs keep their names', async () => {
    const path = join(await freshFolder(), 'delta.safetensors');
    const modifierTokens = new Map([
      ['<a.b.0>', [float32([1], [1])]],
      ['__proto__', [float32([1], [2])]],
    ]);
    for (const format of ['safetensors', 'adobe', 'diffusers-safetensors'] as const) {
      await saveDelta(path, { ...delta, modifierTokens }, format);
      expect((await loadDelta(path)).modifierTokens).toEqual(modifierTokens);
    }
  });

  test('token files: unsafe names are made safe, equal ones are told apart, <new10> follows <new2>', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'weights.safetensors');
    const tokens = ['<new1>', '<new2>', '<new10>', '<a/b>', '<a:b>'];
    const modifierTokens = new Map(tokens.map((token, i) => [token, [float32([1], [i])]]));
    await saveDelta(path, { ...delta, modifierTokens }, 'diffusers-safetensors');
    expect((await readdir(folder)).sort()).toEqual(
      [
        'a_b-2.safetensors',
        'a_b.safetensors',
        'new1.safetensors',
        'new10.safetensors',
        'new2.safetensors',
        basename(path),
      ].sort(),
    );
    const loaded = (await loadDelta(path)).modifierTokens;
    expect(loaded).toEqual(modifierTokens);
    expect([...loaded.keys()].slice(-3)).toEqual(['<new1>', '<new2>', '<new10>']);
  });

  test('token files as diffusers names them, beside files of other kinds', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'pytorch_custom_diffusion_weights.safetensors');
    await copyFile(join(fixtures, 'sd1/deltas', basename(path)), path);
    await copyFile(join(fixtures, 'sd1/deltas/new1.bin'), join(folder, '<new1>.bin'));
    await copyFile(join(fixtures, 'sd1/deltas/delta.bin'), join(folder, 'delta.bin'));
    await writeFile(join(folder, 'optimizer.bin'), 'not a weight file');
    expect([...(await loadDelta(path)).modifierTokens.keys()]).toEqual(['<new1>']);
  });

  test('a diffusers .bin names the attention layers that were not trained', async () => {
    const path = join(await freshFolder(), 'weights.bin');
    await saveDelta(path, delta, 'diffusers-bin');
    const entries = (await readTree(path)) as Map<string, unknown>;
    expect(entries.get('down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor')).toEqual(new Map());
    expect(entries.get('up_blocks.3.attentions.2.transformer_blocks.0.attn2.processor')).toEqual(new Map());
    expect(entries.size).toBe(4);
  });

  test('a plain dictionary of UNet weights is a delta without tokens', async () => {
    const path = join(await freshFolder(), 'unet.bin');
    await writeTorchFile(path, delta.unet);
    expect(await loadDelta(path)).toEqual({ unet: delta.unet, modifierTokens: new Map(), metadata: {} });
  });
});

describe('compressed deltas', () => {
  const [name] = delta.unet.keys();
  const factors = new Map([
    ['u', float32([2, 1], [1, 10])],
    ['v', float32([1, 3], [1, 2, 3])],
  ]);
  const base = (shape: number[]) => async () => float32(shape, new Float32Array(shape[0]! * shape[1]!).fill(0.5));
  const trees: [string, TorchData][] = [
    ['Adobe', new Map([['unet', new Map([[name!, factors]])]])],
    [
      'CompVis',
      new Map([
        [
          'state_dict',
          new Map([['model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight', factors]]),
        ],
      ]),
    ],
  ];

  test.each(trees)('%s: factors are added to the base', async (_, tree) => {
    const path = join(await freshFolder(), 'compressed_delta.bin');
    await writeTorchFile(path, tree);
    const { unet } = await loadDelta(path, base([2, 3]));
    expect(unet).toEqual(new Map([[name, float32([2, 3], [1.5, 2.5, 3.5, 10.5, 20.5, 30.5])]]));
  });

  test.each(trees)('E10 %s: without a base, or with another, it is refused', async (_, tree) => {
    const path = join(await freshFolder(), 'compressed_delta.bin');
    await writeTorchFile(path, tree);
    await expect(loadDelta(path)).rejects.toMatchObject({ code: 'unsupported-model', where: path });
    await expect(loadDelta(path, base([2, 4]))).rejects.toThrow(/do not fit the base's \[2, 4\]/);
  });
});

describe('what is no delta', () => {
  const tensor = float32([2], [1, 2]);
  test.each<[string, TorchData, RegExp]>([
    ['a tensor', tensor, /not a dictionary of weights/],
    ['nothing', new Map(), /neither trained weights nor modifier tokens/],
    ['other weights', new Map([['layer.weight', tensor]]), /layer\.weight is not the name of a UNet weight/],
    [
      'a text in place of a weight',
      new Map([['unet', new Map([['conv_in.weight', 'x']])]]),
      /conv_in\.weight is not a tensor/,
    ],
    [
      'a trained text encoder',
      new Map<string, TorchData>([
        ['unet', new Map()],
        ['text_encoder', new Map()],
      ]),
      /fine-tuned text encoder/,
    ],
    [
      'a table as one token',
      new Map([['modifier_token', new Map([['<new1>', float32([2, 2])]])]]),
      /embedding of <new1> has the shape \[2, 2\]/,
    ],
    [
      'a whole CompVis model',
      new Map([['state_dict', new Map([['first_stage_model.x', tensor]])]]),
      /first_stage_model\.x is not a UNet weight/,
    ],
    ['embed that is no table', new Map([['state_dict', new Map([['embed', tensor]])]]), /embed is not a table/],
    [
      'a strange processor',
      new Map([['a.attn1.processor.to_x.weight', tensor]]),
      /not a weight of an attention processor/,
    ],
  ])('%s', async (_, tree, message) => {
    const path = join(await freshFolder(), 'file.bin');
    await writeTorchFile(path, tree);
    await expect(loadDelta(path)).rejects.toMatchObject({ code: 'bad-file', where: path });
    await expect(loadDelta(path)).rejects.toThrow(message);
  });

  test('a delta of a newer version', async () => {
    const path = join(await freshFolder(), 'delta.safetensors');
    await writeSafetensors(path, delta.unet, { format: 'custom-diffusion-delta', version: '2' });
    await expect(loadDelta(path)).rejects.toThrow(/format version 2/);
  });

  test('a token without its first encoder', async () => {
    const path = join(await freshFolder(), 'delta.safetensors');
    await writeSafetensors(path, new Map([['modifier_token.<new1>.1', tensor]]));
    await expect(loadDelta(path)).rejects.toThrow(/missing for one of the text encoders/);
  });

  test.each<[DeltaFormat, Delta, RegExp]>([
    ['compvis', twoEncoders, /cannot hold the embeddings of two text encoders/],
    ['compvis', { ...delta, unet: new Map([['text_model.x', tensor]]) }, /cannot hold the tensor text_model\.x/],
    ['diffusers-bin', { ...delta, unet: new Map([['conv_in.weight', tensor]]) }, /cannot hold conv_in\.weight/],
  ])('%s refuses what it cannot hold and writes nothing', async (format, original, message) => {
    const folder = await freshFolder();
    await expect(saveDelta(join(folder, 'x.bin'), original, format)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });
});
