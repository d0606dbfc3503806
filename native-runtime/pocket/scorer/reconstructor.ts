import { join } from 'node:path';
import { Session } from '../../device/session';
import { readJsonObject } from '../../formats/jsonFile';
import { add, mul } from '../../graph/operators/elementwise';
import { input } from '../../graph/tensor';
import { decodeLatents, encodePicture } from '../../models/autoencoder';
import { parseAutoencoderConfig, type AutoencoderConfig } from '../../models/autoencoderConfig';
import type { RandomStream } from '../../random';
import { elementCount, float32, type TensorData } from '../../tensorData';
import { SCENE_SIZE } from '../world/scene';
import { constantWeights, readFloatWeights } from './constantWeights';

const BATCH = 8;
const PICTURE = 3 * SCENE_SIZE * SCENE_SIZE;
/** The largest deviation of the noise put on latents, which have about unit deviation. */
const LATENT_NOISE = 0.3;

/** Shows pictures as the pocket model's autoencoder draws them, which is how every generated picture looks. */
export class Reconstructor {
  private constructor(
    private readonly session: Session,
    private readonly latentShape: readonly number[],
  ) {}

  /** From a diffusers `vae` folder. @throws ProductError when it is not a readable autoencoder. */
  static async open(vaeFolder: string): Promise<Reconstructor> {
    const configPath = join(vaeFolder, 'config.json');
    const weightsPath = join(vaeFolder, 'diffusion_pytorch_model.safetensors');
    const config = parseAutoencoderConfig(await readJsonObject(configPath), configPath);
    return Reconstructor.over(config, await readFloatWeights(weightsPath), weightsPath);
  }

  /** From weights in memory; `where` names them in errors. @throws ProductError `bad-model` when some are missing. */
  static async over(
    config: AutoencoderConfig,
    tensors: ReadonlyMap<string, TensorData>,
    where: string,
  ): Promise<Reconstructor> {
    const weights = constantWeights(tensors, where);
    const { mean } = encodePicture(input('pictures', [BATCH, 3, SCENE_SIZE, SCENE_SIZE]), weights, config);
    const latents = add(mean, mul(input('noise', mean.shape), input('strength', [BATCH, 1, 1, 1])));
    const session = await Session.create({ decoded: decodeLatents(latents, weights, config) });
    return new Reconstructor(session, mean.shape);
  }

  /**
   * Each picture [3, 64, 64] encoded and decoded; with `streams`, half of them with a little noise on their latents, as
   * the end of sampling leaves it. Without, the plain reconstruction.
   */
  async reconstruct(pictures: readonly Float32Array[], streams?: readonly RandomStream[]): Promise<Float32Array[]> {
    const result: Float32Array[] = [];
    const latentCount = elementCount(this.latentShape) / BATCH;
    for (let first = 0; first < pictures.length; first += BATCH) {
      const feeds = {
        pictures: float32([BATCH, 3, SCENE_SIZE, SCENE_SIZE]),
        noise: float32(this.latentShape),
        strength: float32([BATCH, 1, 1, 1]),
      };
      const part = pictures.slice(first, first + BATCH);
      part.forEach((pixels, n) => {
        feeds.pictures.data.set(pixels, n * PICTURE);
        const random = streams?.[first + n];
        if (!random || random.uniform() < 0.5) return;
        feeds.strength.data[n] = LATENT_NOISE * random.uniform();
        feeds.noise.data.set(random.normals(latentCount), n * latentCount);
      });
      const { decoded } = await this.session.run(feeds);
      const pixels = decoded!.data as Float32Array;
      part.forEach((_, n) => result.push(pixels.slice(n * PICTURE, (n + 1) * PICTURE).map(clamped)));
    }
    return result;
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

const clamped = (value: number) => Math.min(1, Math.max(-1, value));
