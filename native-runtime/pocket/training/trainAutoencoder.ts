import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Session } from '../../device/session';
import { input } from '../../graph/tensor';
import { decodeLatents, encodePicture } from '../../models/autoencoder';
import { parseAutoencoderConfig } from '../../models/autoencoderConfig';
import { inputWeights } from '../../nn/weights';
import { RandomStream } from '../../random';
import { float32, type TensorData } from '../../tensorData';
import { defaultOptimizer } from '../../train/optimizer';
import { scalarOf, type TrainState } from '../../train/state';
import { vaeConfig } from '../model/configs';
import { SCENE_SIZE } from '../world/scene';
import { autoencoderStep } from './autoencoderStep';
import { exportedWeights } from './exportedWeights';
import { initialWeights } from './initialise';
import { autoencoderBatch, scenePictures, toBytes } from './pictures';
import { cosineRate, StageFolder } from './slices';

const BATCH = 16;
const PEAK_RATE = 2e-3;
const TRAIN_SEED = 1;
/** Pictures the training never sees. */
export const HELD_OUT_SEED = 9001;
const HELD_OUT = 64;

/** Trains the autoencoder up to `updates` updates in all; goes on where it stopped, or from `model`'s `vae/`. */
export async function trainAutoencoder(
  folder: string,
  model: string,
  updates: number,
  stopped: () => boolean,
): Promise<TrainState> {
  const config = parseAutoencoderConfig(vaeConfig, 'vae/config.json');
  const settings = { ...defaultOptimizer, beta2: 0.99, weightDecay: 0, clip: 1 };
  const stage = new StageFolder(folder, 'autoencoder');
  const { outputs, shapes } = autoencoderStep(config, BATCH, SCENE_SIZE, settings);
  const session = await Session.create(outputs);
  const exported = await exportedWeights(join(model, 'vae', 'diffusion_pytorch_model.safetensors'), shapes);
  const state = await stage.load(exported ?? initialWeights(shapes, TRAIN_SEED));
  const cells = SCENE_SIZE / config.scaleFactor;
  let next = autoencoderBatch(TRAIN_SEED, state.updates * BATCH, BATCH);
  let started = Date.now();
  while (state.updates < updates && !stopped()) {
    const pictures = await next;
    next = autoencoderBatch(TRAIN_SEED, (state.updates + 1) * BATCH, BATCH);
    const noise = new RandomStream(TRAIN_SEED, 'pocket.latentNoise', state.updates).normals(BATCH * 4 * cells * cells);
    const results = await state.update(
      session,
      {
        pictures,
        noise: float32([BATCH, 4, cells, cells], noise),
        learningRate: float32([], [cosineRate(PEAK_RATE, state.updates, 50, updates)]),
      },
      settings,
    );
    if (state.updates % 25 === 0) {
      const seconds = (Date.now() - started) / 1000 / 25;
      started = Date.now();
      await stage.log({
        update: state.updates,
        loss: scalarOf(results, 'loss'),
        squared: scalarOf(results, 'squared'),
        seconds,
      });
    }
    if (state.updates % 250 === 0) {
      await stage.save(state);
      await stage.log({ update: state.updates, heldOutPsnr: await reconstruct(state, folder) });
    }
  }
  await stage.save(state);
  await stage.log({ update: state.updates, heldOutPsnr: await reconstruct(state, folder) });
  await session.release();
  return state;
}

/** Mean PSNR in dB on held-out pictures; writes a sheet of pictures above their reconstructions. */
async function reconstruct(state: TrainState, folder: string): Promise<number> {
  const config = parseAutoencoderConfig(vaeConfig, 'vae/config.json');
  const weights = inputWeights(new Map());
  const { mean } = encodePicture(input('pictures', [HELD_OUT, 3, SCENE_SIZE, SCENE_SIZE]), weights, config);
  const session = await Session.create({ decoded: decodeLatents(mean, weights, config) });
  const { pictures } = await scenePictures(HELD_OUT_SEED, 0, HELD_OUT);
  const { decoded } = await session.run({ pictures, ...Object.fromEntries(state.weights) });
  await session.release();
  await writeFile(join(folder, 'autoencoder.png'), await pairSheet(pictures, decoded!));
  const size = pictures.data.length / HELD_OUT;
  let total = 0;
  for (let n = 0; n < HELD_OUT; n++) {
    let sum = 0;
    for (let i = n * size; i < (n + 1) * size; i++) {
      const clamped = Math.min(1, Math.max(-1, Number(decoded!.data[i])));
      sum += (clamped - pictures.data[i]!) ** 2;
    }
    total += 10 * Math.log10(4 / (sum / size));
  }
  return total / HELD_OUT;
}

async function pairSheet(above: TensorData, below: TensorData): Promise<Buffer> {
  const columns = 12;
  const [top, bottom] = [above, below].map((t) => toBytes(t.data as Float32Array, columns, SCENE_SIZE)) as [
    Uint8Array,
    Uint8Array,
  ];
  const tile = (bytes: Uint8Array, n: number, y: number) => ({
    input: Buffer.from(bytes.subarray(n * SCENE_SIZE ** 2 * 3, (n + 1) * SCENE_SIZE ** 2 * 3)),
    raw: { width: SCENE_SIZE, height: SCENE_SIZE, channels: 3 as const },
    left: n * SCENE_SIZE,
    top: y,
  });
  const tiles = Array.from({ length: columns }, (_, n) => [tile(top, n, 0), tile(bottom, n, SCENE_SIZE)]).flat();
  const sheet = await sharp({
    create: { width: columns * SCENE_SIZE, height: 2 * SCENE_SIZE, channels: 3, background: 'white' },
  })
    .composite(tiles)
    .png()
    .toBuffer();
  return sharp(sheet)
    .resize({ width: columns * SCENE_SIZE * 2, kernel: 'nearest' })
    .png()
    .toBuffer();
}
