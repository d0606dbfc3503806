import type { SessionOptions, Values } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import { RandomStream } from '../random';
import { elementCount, float32, int64, type TensorData } from '../tensorData';

/** What a benchmark runs on. */
export interface BenchOptions {
  base: BaseModel;
  /** Pixels. */
  resolution: number;
  rows: number;
  mode: string;
  /** How many subjects are taught, each with a token of its own; 1 if left out. */
  concepts?: number;
  /** Whether a training step computes blocks again in its backward pass. */
  recompute?: boolean;
  /** Of one run of a loop. */
  steps: number;
  session: SessionOptions;
}

/** Normal values, the same ones in every process. */
export function draw(purpose: string, shape: readonly number[], index = 0): TensorData {
  return float32(shape, new RandomStream(0, `bench.${purpose}`, index).normals(elementCount(shape)));
}

/** The latents of all rows. */
export function latentShape({ base, resolution, rows }: BenchOptions): number[] {
  const cells = resolution / base.vae.config.scaleFactor;
  return [rows, base.unet.config.inChannels, cells, cells];
}

/** Random ids for every text encoder. */
export function textFeeds({ base, rows }: BenchOptions): Values {
  const feeds: Values = { timeIds: float32([rows, 6]) };
  base.textEncoders.forEach(({ config }, i) => {
    const count = rows * config.positions;
    const random = new RandomStream(0, 'bench.ids', 0, i);
    const most = Math.min(400, config.vocabularySize);
    feeds[`inputIds.${i}`] = int64(
      [rows, config.positions],
      Array.from({ length: count }, () => random.integer(0, most)),
    );
    feeds[`poolMask.${i}`] = float32([rows, config.positions]);
  });
  return feeds;
}

/** Random ids for the rows with a token, random features for the others, which a run encodes before its first step. */
export function trainingTextFeeds(options: BenchOptions): Values {
  const { base, rows } = options;
  const encoded = Math.ceil(rows / 2);
  const width = base.unet.config.levels[0]!.crossAttentionDim;
  const pooled = base.textEncoders.at(-1)!.config.projection;
  return {
    ...textFeeds({ ...options, rows: encoded }),
    timeIds: float32([rows, 6]),
    fedStates: draw('text', [rows - encoded, 77, width]),
    ...(pooled && { fedEmbeds: draw('pooled', [rows - encoded, pooled]) }),
  };
}
