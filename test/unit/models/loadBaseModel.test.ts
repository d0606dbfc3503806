import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSafetensors, readTensors, writeSafetensors } from '../../../native-runtime/formats/safetensors';
import { loadBaseModel } from '../../../native-runtime/models/loadBaseModel';
import { float32, type TensorData } from '../../../native-runtime/tensorData';
import { prepareRun } from '../../../native-runtime/train/prepareRun';
import { temporaryFolder } from '../../support/temporaryFolder';
import { fixture, tinyFamilies } from '../../support/tinyBases';
import { tinyConfig, tinyOptions } from '../../support/tinyRun';

const root = temporaryFolder();

/** A copy of a tiny base with the tensors of one file changed. */
async function changedBase(name: string, family: string, file: string, change: (t: Map<string, TensorData>) => void) {
  const folder = join(root, name);
  cpSync(fixture(family, 'base'), folder, { recursive: true });
  const path = join(folder, file);
  const tensors = await readTensors(await openSafetensors(path));
  change(tensors);
  await writeSafetensors(path, tensors);
  return folder;
}

const unet = 'unet/diffusion_pytorch_model.safetensors';
const vae = 'vae/diffusion_pytorch_model.safetensors';
const key = 'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight';

describe('a base model is opened whole or not at all', () => {
  it.each(tinyFamilies)('%s is whole', async (family) => {
    expect((await loadBaseModel(fixture(family, 'base'))).path).toBe(fixture(family, 'base'));
  });

  it.each<[string, string, string, (t: Map<string, TensorData>) => void, RegExp]>([
    ['UNet', 'sd1', unet, (t) => t.delete(key), /missing tensor down_blocks\.0\..*to_k\.weight \[8, 16\]/],
    ['UNet of a wrong shape', 'sd1', unet, (t) => t.set(key, float32([8, 15])), /\[8, 15\], expected \[8, 16\]/],
    ['decoder', 'sd2', vae, (t) => t.delete('decoder.conv_out.bias'), /missing tensor decoder\.conv_out\.bias/],
    ['encoder', 'sd2', vae, (t) => t.delete('encoder.conv_in.weight'), /missing tensor encoder\.conv_in\.weight/],
    [
      'second text encoder',
      'sdxl',
      'text_encoder_2/model.safetensors',
      (t) => t.delete('text_projection.weight'),
      /missing tensor text_projection\.weight/,
    ],
  ])('a tensor of the %s', async (name, family, file, change, message) => {
    const folder = await changedBase(name, family, file, change);
    await expect(loadBaseModel(folder)).rejects.toMatchObject({ code: 'bad-model' });
    await expect(loadBaseModel(folder)).rejects.toThrow(message);
  });

  it('a run of an incomplete base does not begin', async () => {
    const base = await changedBase('run', 'sd1', vae, (t) => t.delete('decoder.conv_in.weight'));
    const config = await tinyConfig(join(root, 'training'), { base });
    await expect(prepareRun(config, tinyOptions)).rejects.toMatchObject({ code: 'bad-model' });
    expect(existsSync(config.output)).toBe(false);
  });
});
