import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mapSingleFile, sourceByteOffset, takeSource } from '../../../native-runtime/formats/compvis';
import { openClipParts, prefixedTextName } from '../../../native-runtime/formats/compvisText';
import { compvisBlocksPerLevel, compvisUnetName, diffusersUnetName } from '../../../native-runtime/formats/compvisUnet';
import { compvisVaeName, currentVaeName, diffusersVaeName } from '../../../native-runtime/formats/compvisVae';
import { openSafetensors, readTensors } from '../../../native-runtime/formats/safetensors';
import { openWeightFile } from '../../../native-runtime/formats/weightFile';
import { float32, type TensorData } from '../../../native-runtime/tensorData';

const fixtures = join(__dirname, '../../fixtures');

async function component(model: string, path: string): Promise<Map<string, TensorData>> {
  return readTensors(await openSafetensors(join(fixtures, model, 'base', path)));
}

describe('a single file', () => {
  test.each([
    ['unet', 'unet/diffusion_pytorch_model.safetensors', (n: string) => n],
    ['vae', 'vae/diffusion_pytorch_model.safetensors', (n: string) => n],
    ['textEncoder', 'text_encoder/model.safetensors', prefixedTextName],
  ] as const)('holds exactly the %s of the folder', async (kind, path, rename) => {
    const file = await openWeightFile(join(fixtures, 'sd1/single-file.safetensors'));
    const layout = mapSingleFile(file.tensors);
    expect(layout.unused).toEqual([]);
    const expected = await component('sd1', path);
    const sources = layout[kind];
    expect([...sources.keys()].sort()).toEqual([...expected.keys()].map(rename).sort());
    const values = await file.read([...sources.values()].map((s) => s.name));
    for (const [name, tensor] of expected) {
      const source = sources.get(rename(name))!;
      expect(takeSource(values.get(source.name)!, source)).toEqual(tensor);
    }
  });

  test('schedules, averaged copies and position ids are unused', () => {
    const names = ['betas', 'model_ema.decay', 'cond_stage_model.transformer.text_model.embeddings.position_ids'];
    const layout = mapSingleFile(new Map(names.map((n) => [n, { shape: [1] }])));
    expect(layout.unused).toEqual(names);
    expect(layout.textEncoder.size).toBe(0);
  });

  test('both spellings of the text encoder lead to one', () => {
    const names = [
      'cond_stage_model.transformer.final_layer_norm.bias',
      'conditioner.embedders.0.transformer.text_model.final_layer_norm.weight',
    ];
    const { textEncoder } = mapSingleFile(new Map(names.map((n) => [n, { shape: [4] }])));
    expect([...textEncoder.keys()]).toEqual(['text_model.final_layer_norm.bias', 'text_model.final_layer_norm.weight']);
  });
});

describe('names of the UNet', () => {
  test.each(['sd1', 'sd2', 'sdxl'])('%s: every name goes to CompVis and back, none twice', async (model) => {
    const { tensors } = await openSafetensors(join(fixtures, model, 'base/unet/diffusion_pytorch_model.safetensors'));
    const attention = new Set([...tensors.keys()].flatMap((n) => /^up_blocks\.(\d+)\.attentions/.exec(n)?.[1] ?? []));
    const old = new Map([...tensors.keys()].map((n) => [n, compvisUnetName(n, (b) => attention.has(String(b)))]));
    expect([...old].filter(([, name]) => name === undefined)).toEqual([]);
    expect(new Set(old.values()).size).toBe(tensors.size);
    for (const [name, compvis] of old) expect(diffusersUnetName(compvis!)).toBe(name);
  });

  // The published SD 1.x and SDXL files, block by block.
  test.each([
    ['input_blocks.1.0.in_layers.0.weight', 'down_blocks.0.resnets.0.norm1.weight'],
    ['input_blocks.3.0.op.bias', 'down_blocks.0.downsamplers.0.conv.bias'],
    [
      'input_blocks.8.1.transformer_blocks.0.attn2.to_k.weight',
      'down_blocks.2.attentions.1.transformer_blocks.0.attn2.to_k.weight',
    ],
    ['input_blocks.11.0.skip_connection.weight', 'down_blocks.3.resnets.1.conv_shortcut.weight'],
    ['middle_block.2.emb_layers.1.bias', 'mid_block.resnets.1.time_emb_proj.bias'],
    ['output_blocks.2.1.conv.weight', 'up_blocks.0.upsamplers.0.conv.weight'],
    ['output_blocks.5.2.conv.weight', 'up_blocks.1.upsamplers.0.conv.weight'],
    ['output_blocks.11.1.proj_out.weight', 'up_blocks.3.attentions.2.proj_out.weight'],
    ['label_emb.0.2.bias', 'add_embedding.linear_2.bias'],
    ['time_embed.0.weight', 'time_embedding.linear_1.weight'],
    ['out.2.weight', 'conv_out.weight'],
  ])('%s is %s', (compvis, diffusers) => {
    expect(diffusersUnetName(compvis)).toBe(diffusers);
    expect(compvisUnetName(diffusers)).toBe(compvis);
  });

  test.each(['input_blocks.1.0.other.weight', 'zero_convs.0.0.weight', 'input_blocks.x.0.op.bias', 'middle_block.3.a'])(
    '%s is no part of a UNet',
    (name) => expect(diffusersUnetName(name)).toBeUndefined(),
  );

  test('one residual block for each level is read off the file', () => {
    expect(compvisBlocksPerLevel(['input_blocks.4.0.op.bias', 'input_blocks.2.0.op.bias'])).toBe(2);
    expect(diffusersUnetName('input_blocks.2.0.op.bias', 2)).toBe('down_blocks.0.downsamplers.0.conv.bias');
    expect(compvisBlocksPerLevel([])).toBe(3);
  });
});

describe('names of the autoencoder', () => {
  test('every name goes to CompVis and back, none twice', async () => {
    const { tensors } = await openSafetensors(join(fixtures, 'sd1/base/vae/diffusion_pytorch_model.safetensors'));
    const old = [...tensors.keys()].map((name) => [name, compvisVaeName(name, 4)] as const);
    expect(new Set(old.map(([, name]) => name)).size).toBe(tensors.size);
    for (const [name, compvis] of old) expect(diffusersVaeName(compvis!, 4)).toBe(name);
  });

  test('early diffusers names of the attention are brought up to date', () => {
    const old = ['query', 'key', 'value', 'proj_attn', 'group_norm'].map(
      (n) => `decoder.mid_block.attentions.0.${n}.weight`,
    );
    const now = ['to_q', 'to_k', 'to_v', 'to_out.0', 'group_norm'].map(
      (n) => `decoder.mid_block.attentions.0.${n}.weight`,
    );
    expect(old.map(currentVaeName)).toEqual(now);
    expect(old.map((name) => compvisVaeName(name, 4))).toEqual(now.map((name) => compvisVaeName(name, 4)));
  });

  test('a 1×1 convolution of the attention becomes a matrix, others stay', () => {
    const shapes = new Map([
      ['first_stage_model.encoder.mid.attn_1.q.weight', { shape: [8, 8, 1, 1] }],
      ['first_stage_model.quant_conv.weight', { shape: [8, 8, 1, 1] }],
      ['first_stage_model.loss.logvar', { shape: [] }],
    ]);
    const { vae, unused } = mapSingleFile(shapes);
    expect(vae.get('encoder.mid_block.attentions.0.to_q.weight')!.shape).toEqual([8, 8]);
    expect(vae.get('quant_conv.weight')!.shape).toEqual([8, 8, 1, 1]);
    expect(unused).toEqual(['first_stage_model.loss.logvar']);
  });
});

describe('OpenCLIP text towers', () => {
  const width = 2;
  const layer = (i: number): [string, TensorData][] => [
    [
      `transformer.resblocks.${i}.attn.in_proj_weight`,
      float32(
        [3 * width, width],
        Array.from({ length: 12 }, (_, k) => k + 100 * i),
      ),
    ],
    [`transformer.resblocks.${i}.mlp.c_fc.weight`, float32([4 * width, width])],
  ];
  const tower = [
    ...layer(0),
    ...layer(1),
    ['text_projection', float32([width, 3], [1, 2, 3, 4, 5, 6])] as [string, TensorData],
  ];
  const under = (prefix: string) => new Map(tower.map(([name, tensor]) => [prefix + name, tensor]));

  test('query, key and value are thirds of one tensor', () => {
    const file = under('conditioner.embedders.1.model.');
    const { textEncoder2 } = mapSingleFile(file);
    const source = textEncoder2.get('text_model.encoder.layers.1.self_attn.k_proj.weight')!;
    expect(takeSource(file.get(source.name)!, source)).toEqual(float32([2, 2], [104, 105, 106, 107]));
    expect(sourceByteOffset({ dtype: 'float32' }, source)).toBe(16);
  });

  test('the projection of SDXL is transposed', () => {
    const file = under('conditioner.embedders.1.model.');
    const source = mapSingleFile(file).textEncoder2.get('text_projection.weight')!;
    expect(takeSource(file.get(source.name)!, source)).toEqual(float32([3, 2], [1, 4, 2, 5, 3, 6]));
  });

  test('SD 2.x keeps neither the last layer nor the projection', () => {
    const { textEncoder, unused } = mapSingleFile(under('cond_stage_model.model.'));
    expect([...textEncoder.keys()].every((n) => n.startsWith('text_model.encoder.layers.0.'))).toBe(true);
    expect(unused.length).toBe(3);
  });

  test('its names cover the recorded encoder of SDXL', async () => {
    const { tensors } = await openSafetensors(join(fixtures, 'sdxl/base/text_encoder_2/model.safetensors'));
    const inner = [
      'ln_1.weight',
      'ln_1.bias',
      'ln_2.weight',
      'ln_2.bias',
      'attn.in_proj_weight',
      'attn.in_proj_bias',
      'attn.out_proj.weight',
      'attn.out_proj.bias',
      'mlp.c_fc.weight',
      'mlp.c_fc.bias',
      'mlp.c_proj.weight',
      'mlp.c_proj.bias',
    ];
    const names = [
      'token_embedding.weight',
      'positional_embedding',
      'text_projection',
      'ln_final.weight',
      'ln_final.bias',
      'logit_scale',
    ];
    for (const i of [0, 1, 2]) names.push(...inner.map((n) => `transformer.resblocks.${i}.${n}`));
    expect(names.flatMap((n) => openClipParts(n).map((p) => p.name)).sort()).toEqual([...tensors.keys()].sort());
  });
});
