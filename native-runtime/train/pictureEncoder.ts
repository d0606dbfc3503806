import { ProductError } from '../../src/common/errors';
import { Session, type SessionOptions } from '../device/session';
import { exp, mul } from '../graph/operators/elementwise';
import { input } from '../graph/tensor';
import { encodePicture } from '../models/autoencoder';
import { componentWeights, type BaseModel } from '../models/baseModel';
import { float32 } from '../tensorData';
import { emptyLatentSet, type LatentSet } from './latentSet';

/** A picture to be encoded: pixels [3, size, size] in −1 … 1, mask [1, cells, cells], and the words before its caption. */
export interface View {
  pixels: Float32Array;
  mask: Float32Array;
  prefix: string;
}

/** Pixels that are encoded at once: small pictures go in batches, large ones alone. */
const pixelsAtOnce = 65_536;

/** The encoder half of a base model's autoencoder, compiled for square pictures of one size. */
export class PictureEncoder {
  private constructor(
    private readonly session: Session,
    private readonly base: BaseModel,
    private readonly size: number,
    private readonly batch: number,
  ) {}

  /** @param size side of the pictures in pixels */
  static async create(base: BaseModel, size: number, options: SessionOptions = {}): Promise<PictureEncoder> {
    const batch = Math.max(1, Math.floor(pixelsAtOnce / (size * size)));
    const weights = componentWeights(base.vae);
    const { mean, logvar } = encodePicture(input('pictures', [batch, 3, size, size]), weights.get, base.vae.config);
    weights.check();
    const { scalingFactor } = base.vae.config;
    const outputs = { mean: mul(mean, scalingFactor), std: mul(exp(mul(logvar, 0.5)), scalingFactor) };
    return new PictureEncoder(await Session.create(outputs, options), base, size, batch);
  }

  /** Encodes views one by one as they are asked for, so that their pixels are never all in memory. */
  async encode(
    count: number,
    view: (index: number) => Promise<View>,
    onProgress: (done: number) => void,
    signal?: AbortSignal,
  ): Promise<LatentSet> {
    const set = emptyLatentSet(latentShape(this.base, this.size, count));
    const cells = this.size / this.base.vae.config.scaleFactor;
    const each = set.mean.data.length / count;
    for (let first = 0; first < count; first += this.batch) {
      if (signal?.aborted) throw new ProductError('cancelled', '', 'stopped while pictures were encoded');
      const pictures = float32([this.batch, 3, this.size, this.size]);
      const here = Math.min(this.batch, count - first);
      for (let i = 0; i < here; i++) {
        const { pixels, mask, prefix } = await view(first + i);
        pictures.data.set(pixels, i * pixels.length);
        (set.mask.data as Float32Array).set(mask, (first + i) * cells * cells);
        set.prefixes.push(prefix);
      }
      const { mean, std } = await this.session.run({ pictures });
      (set.mean.data as Float32Array).set((mean!.data as Float32Array).subarray(0, here * each), first * each);
      (set.std.data as Float32Array).set((std!.data as Float32Array).subarray(0, here * each), first * each);
      onProgress(first + here);
    }
    return set;
  }

  /** Frees the device memory. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

/** The shape of so many encoded pictures: [count, channels, cells, cells]. */
export function latentShape(base: BaseModel, size: number, count: number): number[] {
  const cells = size / base.vae.config.scaleFactor;
  return [count, base.vae.config.latentChannels, cells, cells];
}
