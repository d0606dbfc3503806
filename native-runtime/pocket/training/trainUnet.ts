import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { atomicWrite } from '../../atomicWrite';
import { Session } from '../../device/session';
import { openSafetensors, readTensors, writeSafetensors } from '../../formats/safetensors';
import { openWeightFile } from '../../formats/weightFile';
import { parseAutoencoderConfig } from '../../models/autoencoderConfig';
import { parseTextEncoderConfig } from '../../models/textEncoderConfig';
import { parseUnetConfig } from '../../models/unetConfig';
import { RandomStream } from '../../random';
import { parseSchedulerConfig } from '../../sample/schedulers/schedulerConfig';
import { float32, int64, type TensorData } from '../../tensorData';
import { ClipTokenizer } from '../../tokenizer/clipTokenizer';
import { defaultOptimizer } from '../../train/optimizer';
import { scalarOf } from '../../train/state';
import { schedulerConfig, textEncoderConfig, unetConfig, vaeConfig } from '../model/configs';
import { captionOf } from '../world/captions';
import { drawScene } from '../world/drawScene';
import { writePocketTokenizer } from '../world/pocketTokenizer';
import { exportedWeights } from './exportedWeights';
import { writeComponent } from './exportVae';
import { initialWeights } from './initialise';
import { encodeScenes } from './latentSet';
import { cosineRate, StageFolder } from './slices';
import { TEXT_PREFIX, unetStep, type PocketNetworks } from './unetStep';

const BATCH = 32;
const PEAK_RATE = 1e-3;
const SEED = 3;
const SCENES = 16_000;
const EMPTY_CAPTION_RATE = 0.1;
const EMA_DECAY = 0.998;
const EMA_EVERY = 4;
const SAVE_EVERY = 250;
const CAPTION_DECIDES_FROM = 700;

/**
 * Trains the pocket model's UNet and text encoder together up to `updates` updates in all, and keeps `model` — a
 * diffusers folder whose `vae/` is there already — at their running average.
 */
export async function trainUnet(folder: string, model: string, updates: number, stopped: () => boolean): Promise<void> {
  const networks = await prepareModel(model);
  const tokenizer = await ClipTokenizer.load(join(model, 'tokenizer'));
  const latents = await encodeScenes(join(folder, 'latents.safetensors'), await vaeOf(model), SEED, SCENES);
  const settings = { ...defaultOptimizer, beta2: 0.99, weightDecay: 1e-2, clip: 1 };
  const stage = new StageFolder(folder, 'unet');
  const { outputs, shapes } = unetStep(networks, BATCH, settings);
  const session = await Session.create(outputs);
  const state = await stage.load((await exportedNetworks(model, shapes)) ?? initialWeights(shapes, SEED));
  const average = await RunningAverage.load(join(folder, 'unet-average.safetensors'), state.weights);
  let sums = { loss: 0, plain: 0, count: 0, started: Date.now() };
  while (state.updates < updates && !stopped()) {
    const feeds = batchFeeds(state.updates, latents, tokenizer);
    feeds.learningRate = float32([], [cosineRate(PEAK_RATE, state.updates, 100, updates)]);
    const results = await state.update(session, feeds, settings);
    sums = {
      ...sums,
      loss: sums.loss + scalarOf(results, 'loss'),
      plain: sums.plain + scalarOf(results, 'plain'),
      count: sums.count + 1,
    };
    if (state.updates % EMA_EVERY === 0) average.add(state.weights, state.updates);
    if (state.updates % 50 === 0) {
      const seconds = (Date.now() - sums.started) / 1000 / sums.count;
      await stage.log({ update: state.updates, loss: sums.loss / sums.count, plain: sums.plain / sums.count, seconds });
      sums = { loss: 0, plain: 0, count: 0, started: Date.now() };
    }
    if (state.updates % SAVE_EVERY === 0) await save();
  }
  await save();
  await session.release();

  async function save(): Promise<void> {
    await stage.save(state);
    await average.save();
    await exportNetworks(model, average.weights, tokenizer.vocabularySize);
  }
}

/** Everything random about a batch follows from the update's number. */
function batchFeeds(
  update: number,
  latents: TensorData & { data: Float32Array },
  tokenizer: ClipTokenizer,
): Record<string, TensorData> {
  const perPicture = latents.data.length / latents.shape[0]!;
  const random = new RandomStream(SEED, 'pocket.batch', update);
  const batch = float32([BATCH, ...latents.shape.slice(1)]);
  const ids: number[] = [];
  const timesteps: number[] = [];
  for (let row = 0; row < BATCH; row++) {
    const index = random.integer(0, latents.shape[0]!);
    batch.data.set(latents.data.subarray(index * perPicture, (index + 1) * perPicture), row * perPicture);
    const empty = random.uniform() < EMPTY_CAPTION_RATE;
    const caption = empty ? '' : captionOf(drawScene(SEED, index), SEED, update * BATCH + row);
    ids.push(...tokenizer.encode(caption).ids);
    timesteps.push(drawTimestep(random));
  }
  const noise = new RandomStream(SEED, 'pocket.noise', update).normals(batch.data.length);
  return {
    latents: batch,
    noise: float32(batch.shape, noise),
    timestep: int64([BATCH], timesteps),
    inputIds: int64([BATCH, ids.length / BATCH], ids),
  };
}

/** Half of the timesteps are uniform; the others are those where the caption decides what is drawn and where. */
function drawTimestep(random: RandomStream): number {
  return random.uniform() < 0.5 ? random.integer(0, 1000) : random.integer(CAPTION_DECIDES_FROM, 1000);
}

async function prepareModel(model: string): Promise<PocketNetworks> {
  await mkdir(join(model, 'scheduler'), { recursive: true });
  const vocabulary = await writePocketTokenizer(join(model, 'tokenizer'));
  await atomicWrite(join(model, 'scheduler', 'scheduler_config.json'), `${JSON.stringify(schedulerConfig, null, 2)}\n`);
  await atomicWrite(join(model, 'model_index.json'), `${JSON.stringify(modelIndex, null, 2)}\n`);
  return {
    unet: parseUnetConfig(unetConfig, 'unet/config.json'),
    text: parseTextEncoderConfig(textEncoderConfig(vocabulary), 'text_encoder/config.json'),
    scheduler: parseSchedulerConfig(schedulerConfig, 'scheduler/scheduler_config.json'),
  };
}

const modelIndex = {
  _class_name: 'StableDiffusionPipeline',
  _diffusers_version: '0.30.0',
  feature_extractor: [null, null],
  image_encoder: [null, null],
  requires_safety_checker: false,
  safety_checker: [null, null],
  scheduler: ['diffusers', 'DDIMScheduler'],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['diffusers', 'AutoencoderKL'],
};

async function vaeOf(model: string) {
  const file = await openWeightFile(join(model, 'vae', UNET_FILE));
  const sources = new Map([...file.tensors.values()].map(({ name, shape }) => [name, { name, shape }]));
  return { config: parseAutoencoderConfig(vaeConfig, 'vae/config.json'), file, sources };
}

const UNET_FILE = 'diffusion_pytorch_model.safetensors';
const TEXT_FILE = 'model.safetensors';

async function exportedNetworks(model: string, shapes: ReadonlyMap<string, readonly number[]>) {
  const unetPart = await exportedWeights(join(model, 'unet', UNET_FILE), shapes, 'unet.');
  const textPart = await exportedWeights(join(model, 'text_encoder', TEXT_FILE), shapes, TEXT_PREFIX);
  return unetPart && textPart && new Map([...unetPart, ...textPart]);
}

async function exportNetworks(
  model: string,
  weights: ReadonlyMap<string, TensorData>,
  vocabulary: number,
): Promise<void> {
  const part = (prefix: string) =>
    new Map(
      [...weights].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name.slice(prefix.length), t]),
    );
  await writeComponent(join(model, 'unet'), unetConfig, part('unet.'), UNET_FILE);
  await writeComponent(join(model, 'text_encoder'), textEncoderConfig(vocabulary), part(TEXT_PREFIX), TEXT_FILE);
}

/** An exponential moving average of the weights, which draws better pictures than the weights themselves. */
class RunningAverage {
  private constructor(
    private readonly path: string,
    readonly weights: Map<string, TensorData>,
  ) {}

  static async load(path: string, start: ReadonlyMap<string, TensorData>): Promise<RunningAverage> {
    if (existsSync(path)) return new RunningAverage(path, await readTensors(await openSafetensors(path)));
    const copies = [...start].map(
      ([name, t]) => [name, float32(t.shape, Float32Array.from(t.data as Float32Array))] as const,
    );
    return new RunningAverage(path, new Map(copies));
  }

  /** Early on the average follows quickly, so that the random start is forgotten. */
  add(weights: ReadonlyMap<string, TensorData>, updates: number): void {
    const keep = Math.min(EMA_DECAY ** EMA_EVERY, (1 + updates) / (40 + updates));
    for (const [name, average] of this.weights) {
      const [target, source] = [average.data as Float32Array, weights.get(name)!.data as Float32Array];
      for (let i = 0; i < target.length; i++) target[i] = target[i]! * keep + source[i]! * (1 - keep);
    }
  }

  async save(): Promise<void> {
    await writeSafetensors(this.path, this.weights);
  }
}
