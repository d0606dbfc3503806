import { join } from 'node:path';
import { Session } from '../../device/session';
import { readJsonObject } from '../../formats/jsonFile';
import type { SceneReading } from '../../evaluate/sceneReading';
import { input, type Tensor } from '../../graph/tensor';
import { resizePicture, type RgbImage } from '../../sample/png';
import { float32, type TensorData } from '../../tensorData';
import { toPictures } from '../training/pictures';
import { constantWeights, readFloatWeights } from './constantWeights';
import { decodeReading, type RawReading } from './decode';
import { parseScorerConfig, type ScorerConfig } from './scorerConfig';
import { scorerNetwork } from './scorerNetwork';

const BATCH = 16;

/** Reads pictures of the pocket world: which animals are where, which individuals they are, and the background. */
export class Scorer {
  private constructor(
    private readonly session: Session,
    readonly config: ScorerConfig,
  ) {}

  /** Opens a folder with `config.json` and `model.safetensors`. @throws ProductError when it holds no scorer. */
  static async load(folder: string): Promise<Scorer> {
    const configPath = join(folder, 'config.json');
    const weightsPath = join(folder, 'model.safetensors');
    const config = parseScorerConfig(await readJsonObject(configPath), configPath);
    return Scorer.over(config, await readFloatWeights(weightsPath), weightsPath);
  }

  /** A scorer over weights in memory; `where` names them in errors. @throws ProductError `bad-model` when some are missing. */
  static async over(config: ScorerConfig, weights: ReadonlyMap<string, TensorData>, where: string): Promise<Scorer> {
    const pictures = input('pictures', [BATCH, 3, config.sample_size, config.sample_size]);
    const outputs: Record<keyof RawReading, Tensor> = scorerNetwork(pictures, constantWeights(weights, where), config);
    return new Scorer(await Session.create({ ...outputs }), config);
  }

  /** Reads pictures of any size; other sizes than the scorer's own are resampled, sides independently. */
  async score(pictures: readonly RgbImage[]): Promise<SceneReading[]> {
    const size = this.config.sample_size;
    const own = (picture: RgbImage) => picture.width === size && picture.height === size;
    const resized = await Promise.all(
      pictures.map((picture) => (own(picture) ? picture : resizePicture(picture, size, size))),
    );
    return this.scorePixels(resized.map(({ data }) => toPictures(data, 1, size).data));
  }

  /** Reads pictures [3, size, size] in [−1, 1] of the scorer's own size. */
  async scorePixels(pictures: readonly Float32Array[]): Promise<SceneReading[]> {
    const size = this.config.sample_size;
    const readings: SceneReading[] = [];
    for (let first = 0; first < pictures.length; first += BATCH) {
      const part = pictures.slice(first, first + BATCH);
      const feed = float32([BATCH, 3, size, size]);
      part.forEach((pixels, n) => feed.data.set(pixels, n * 3 * size * size));
      const results = await this.session.run({ pictures: feed });
      const rowOf = (name: keyof RawReading, n: number) => {
        const values = results[name]!.data as Float32Array;
        const count = values.length / BATCH;
        return values.subarray(n * count, (n + 1) * count);
      };
      part.forEach((_, n) =>
        readings.push(
          decodeReading(
            {
              species: rowOf('species', n),
              coats: rowOf('coats', n),
              patterns: rowOf('patterns', n),
              boxes: rowOf('boxes', n),
              background: rowOf('background', n),
            },
            this.config,
          ),
        ),
      );
    }
    return readings;
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.session.release();
  }
}
