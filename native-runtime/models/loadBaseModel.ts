import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { mapSingleFile } from '../formats/compvis';
import { prefixedTextName } from '../formats/compvisText';
import { currentVaeName } from '../formats/compvisVae';
import { identifyWeights, type ModelFamily } from '../formats/identify';
import { readJsonObject } from '../formats/jsonFile';
import { openWeightFile } from '../formats/weightFile';
import { loadSchedulerConfig, parseSchedulerConfig, type SchedulerConfig } from '../sample/schedulers/schedulerConfig';
import { parseAutoencoderConfig } from './autoencoderConfig';
import type { BaseModel, Component } from './baseModel';
import { checkBaseWeights } from './checkBaseWeights';
import { publishedConfigs } from './publishedConfigs';
import { parseTextEncoderConfig } from './textEncoderConfig';
import { parseUnetConfig } from './unetConfig';

/** Settings of `loadBaseModel`. */
export interface BaseModelOptions {
  /** Folder of the CLIP vocabulary that comes with the product, for single files. */
  clipTokenizer?: string;
}

/**
 * Opens a diffusers folder or a single file, and makes sure that every weight its configuration asks for is there.
 * @throws ProductError `not-found`, `bad-file`, `bad-model`, or `unsupported-model` naming what it is.
 */
export async function loadBaseModel(path: string, options: BaseModelOptions = {}): Promise<BaseModel> {
  if (!existsSync(path)) throw new ProductError('not-found', path, 'there is no such model', 'Check the path');
  const base = statSync(path).isDirectory()
    ? await loadFolder(path)
    : await loadSingleFile(path, options.clipTokenizer);
  checkBaseWeights(base);
  return base;
}

async function loadFolder(path: string): Promise<BaseModel> {
  if (!existsSync(join(path, 'unet', 'config.json')))
    throw new ProductError(
      'bad-model',
      path,
      'no unet/config.json in it',
      'Choose a diffusers model folder or a single file',
    );
  const unet = await component(join(path, 'unet'), 'diffusion_pytorch_model', parseUnetConfig, (name) => name);
  const vae = await component(join(path, 'vae'), 'diffusion_pytorch_model', parseAutoencoderConfig, currentVaeName);
  const suffixes = existsSync(join(path, 'text_encoder_2')) ? ['', '_2'] : [''];
  const textEncoders = await Promise.all(
    suffixes.map(async (suffix) => ({
      ...(await component(join(path, `text_encoder${suffix}`), 'model', parseTextEncoderConfig, textName)),
      tokenizerFolder: join(path, `tokenizer${suffix}`),
    })),
  );
  return complete(path, unet, vae, textEncoders, await loadSchedulerConfig(join(path, 'scheduler')));
}

const textName = (name: string) => (name === 'text_projection.weight' ? name : prefixedTextName(name));

async function component<C>(
  folder: string,
  stem: string,
  parse: (json: unknown, where: string) => C,
  rename: (name: string) => string,
): Promise<Component<C>> {
  const configPath = join(folder, 'config.json');
  const config = parse(await readJsonObject(configPath), configPath);
  const candidates = [`${stem}.safetensors`, `${stem}.fp16.safetensors`, `${stem}.bin`, 'pytorch_model.bin'];
  const found = candidates.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (!found)
    throw new ProductError('bad-model', folder, `no ${stem}.safetensors in it`, 'Download the base model again');
  const file = await openWeightFile(found);
  const sources = new Map(
    [...file.tensors.values()].map(({ name, shape }) => {
      const target = rename(name);
      // Older autoencoders keep the attention's matrices as 1×1 convolutions.
      const flat =
        target.includes('.attentions.') && folder.endsWith('vae') && shape.length === 4 ? shape.slice(0, 2) : shape;
      return [target, { name, shape: flat }];
    }),
  );
  return { config, file, sources };
}

async function loadSingleFile(path: string, clipTokenizer: string | undefined): Promise<BaseModel> {
  const file = await openWeightFile(path);
  const identity = identifyWeights(file.tensors, file.metadata);
  if (identity.unsupported) throw new ProductError('unsupported-model', path, identity.unsupported);
  if (identity.kind !== 'single-file model' || !identity.family)
    throw new ProductError('bad-model', path, `this is not a whole model but: ${identity.kind}`, 'Choose a base model');
  if (!clipTokenizer) throw new ProductError('internal', path, 'no CLIP vocabulary at hand');
  const layout = mapSingleFile(file.tensors);
  const published = publishedConfigs[identity.family];
  const parts = [layout.textEncoder, layout.textEncoder2];
  const textEncoders = published.textEncoders.map((json, i) => ({
    config: parseTextEncoderConfig(json, path),
    file,
    sources: parts[i]!,
    tokenizerFolder: clipTokenizer,
  }));
  const unet = { config: parseUnetConfig(published.unet, path), file, sources: layout.unet };
  const vae = { config: parseAutoencoderConfig(published.vae, path), file, sources: layout.vae };
  return complete(path, unet, vae, textEncoders, parseSchedulerConfig(published.scheduler, path));
}

function complete(
  path: string,
  unet: BaseModel['unet'],
  vae: BaseModel['vae'],
  textEncoders: BaseModel['textEncoders'],
  scheduler: SchedulerConfig,
): BaseModel {
  const width = unet.config.levels[0]!.crossAttentionDim;
  const given = textEncoders.reduce((sum, { config }) => sum + config.hiddenSize, 0);
  if (width !== given)
    throw new ProductError('bad-model', path, `the UNet reads text of width ${width}, the text encoder gives ${given}`);
  const family: ModelFamily =
    textEncoders.length > 1
      ? 'SDXL'
      : unet.config.useLinearProjection
        ? 'Stable Diffusion 2.x'
        : 'Stable Diffusion 1.x';
  const fingerprint = fingerprintOf([unet, vae, ...textEncoders]);
  return { path: resolve(path), family, unet, vae, textEncoders, scheduler, fingerprint };
}

function fingerprintOf(components: Component<unknown>[]): string {
  const hash = createHash('sha256');
  for (const { file, sources } of components) {
    hash.update(`${statSync(file.path).size}\n`);
    for (const [name, { shape }] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
      hash.update(`${name}[${shape.join()}]\n`);
  }
  return hash.digest('hex');
}
