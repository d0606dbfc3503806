import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identifyWeights } from '../../../native-runtime/formats/identify';
import { openWeightFile } from '../../../native-runtime/formats/weightFile';

const fixtures = join(__dirname, '../../fixtures');
type Shapes = Record<string, number[]>;
const tensors = (shapes: Shapes) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { dtype: 'float16' as const, shape }]));

const unet = 'model.diffusion_model.';
const clip = 'cond_stage_model.transformer.text_model.final_layer_norm.bias';

describe('recorded files', () => {
  test.each([
    ['sd1/single-file.safetensors', 'single-file model', 'Stable Diffusion 1.x', 'CompVis'],
    ['sd1/base/unet/diffusion_pytorch_model.safetensors', 'unet', 'Stable Diffusion 1.x', 'diffusers'],
    ['sd2/base/unet/diffusion_pytorch_model.safetensors', 'unet', 'Stable Diffusion 2.x', 'diffusers'],
    ['sdxl/base/unet/diffusion_pytorch_model.safetensors', 'unet', 'SDXL', 'diffusers'],
    ['sd1/base/vae/diffusion_pytorch_model.safetensors', 'autoencoder', undefined, 'diffusers'],
    ['sd1/base/text_encoder/model.safetensors', 'text encoder', undefined, undefined],
    ['sdxl/base/text_encoder_2/model.safetensors', 'text encoder', undefined, undefined],
    ['sd1/deltas/delta.bin', 'custom diffusion delta', undefined, 'diffusers'],
    ['sd1/deltas/delta_epoch=000020.ckpt', 'custom diffusion delta', undefined, 'CompVis'],
    ['sdxl/deltas/pytorch_custom_diffusion_weights.bin', 'custom diffusion delta', undefined, 'diffusers'],
    ['sd2/deltas/pytorch_custom_diffusion_weights.safetensors', 'custom diffusion delta', undefined, 'diffusers'],
    ['sd1/deltas/new1.bin', 'embedding', undefined, undefined],
    ['sd1/deltas/new1.safetensors', 'embedding', undefined, undefined],
    ['sd1/sample.safetensors', 'unknown', undefined, undefined],
  ])('%s', async (path, kind, family, naming) => {
    const file = await openWeightFile(join(fixtures, path));
    const found = identifyWeights(file.tensors, file.metadata);
    expect([found.kind, found.family, found.naming, found.unsupported]).toEqual([kind, family, naming, undefined]);
    expect(found.parameters).toBeGreaterThan(0);
    expect(Object.keys(found.dtypes)).toEqual(['float32']);
  });

  test('widths and channels', async () => {
    const file = await openWeightFile(join(fixtures, 'sd1/single-file.safetensors'));
    expect(identifyWeights(file.tensors)).toMatchObject({ inputChannels: 4, contextWidth: 16 });
  });
});

describe('A24 models of another kind', () => {
  test.each<[string, Shapes, string, string | undefined, RegExp | undefined]>([
    [
      'inpainting',
      { [`${unet}input_blocks.0.0.weight`]: [320, 9, 3, 3], [clip]: [768] },
      'single-file model',
      undefined,
      /inpainting/,
    ],
    ['inpainting UNet', { 'conv_in.weight': [320, 9, 3, 3] }, 'unet', undefined, /inpainting/],
    [
      'depth',
      { [`${unet}input_blocks.0.0.weight`]: [320, 5, 3, 3], [clip]: [1] },
      'single-file model',
      undefined,
      /depth/,
    ],
    [
      'picture editing',
      { [`${unet}input_blocks.0.0.weight`]: [320, 8, 3, 3], [clip]: [1] },
      'single-file model',
      undefined,
      /8 channels/,
    ],
    [
      'SD 2.x',
      { [`${unet}input_blocks.0.0.weight`]: [320, 4, 3, 3], 'cond_stage_model.model.ln_final.bias': [1024] },
      'single-file model',
      'Stable Diffusion 2.x',
      undefined,
    ],
    [
      'SDXL',
      { [`${unet}input_blocks.0.0.weight`]: [320, 4, 3, 3], 'conditioner.embedders.1.model.ln_final.bias': [1280] },
      'single-file model',
      'SDXL',
      undefined,
    ],
    [
      'SDXL refiner',
      { [`${unet}label_emb.0.0.weight`]: [1536, 2560], 'conditioner.embedders.0.model.ln_final.bias': [1280] },
      'single-file model',
      'SDXL',
      /refiner/,
    ],
    [
      'ControlNet',
      { 'controlnet_cond_embedding.conv_in.weight': [16, 3, 3, 3], 'conv_in.weight': [320, 4, 3, 3] },
      'controlnet',
      undefined,
      /ControlNet/,
    ],
    [
      'old ControlNet',
      { 'control_model.zero_convs.0.0.weight': [320, 320, 1, 1] },
      'controlnet',
      undefined,
      /ControlNet/,
    ],
    ['LoRA', { 'lora_unet_mid_block_attentions_0_proj_in.lora_down.weight': [4, 320] }, 'lora', undefined, undefined],
    [
      'LoRA of diffusers',
      { 'unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight': [4, 320] },
      'lora',
      undefined,
      undefined,
    ],
    ['our own delta', { 'modifier_token.<new1>.0': [768] }, 'custom diffusion delta', undefined, undefined],
    ['something else', { fc: [3] }, 'unknown', undefined, undefined],
  ])('%s', (_, shapes, kind, family, unsupported) => {
    const found = identifyWeights(tensors(shapes));
    expect(found.kind).toBe(kind);
    expect(found.family).toBe(family);
    if (unsupported) expect(found.unsupported).toMatch(unsupported);
    else expect(found.unsupported).toBeUndefined();
  });
});
