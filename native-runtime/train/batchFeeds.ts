import type { Values } from '../device/session';
import { planBatch, type BatchRow } from '../data/batches';
import { viewsPerPicture } from '../../src/common/config/resolvedTrainConfig';
import { RandomStream } from '../random';
import { elementCount, float32, int64 } from '../tensorData';
import type { Drawn } from './drawsAhead';
import type { WantedDraw } from './drawsWorker';
import { priorVariants, type LatentPool, type PictureSize } from './latentPool';
import { drawLatents, maskOf } from './latentSet';
import type { PreparedRun } from './prepareRun';
import { stackedFeeds } from './promptEncoder';

/** One batch, ready for the training graph. */
export interface Batch {
  rows: BatchRow[];
  /** Without the state and the learning rates. */
  feeds: Values;
}

/** A row's encoded picture and its caption. */
interface RowContent {
  latents: Float32Array;
  mask: Float32Array;
  caption: string;
  /** Of the picture itself, before it was cut and scaled. */
  size: PictureSize;
}

/**
 * The inputs of one batch. They depend on nothing but the arguments, so a resumed run sees the same ones.
 * @param step from 0
 * @param index which of the batches of the step
 * @param drawn values that were drawn before; the others are drawn now
 */
export function batchFeeds(run: PreparedRun, pool: LatentPool, step: number, index: number, drawn?: Drawn): Batch {
  const { config, base } = run;
  const counts = pool.concepts.map(({ priorSizes }, i) => ({
    pictures: run.concepts[i]!.folder.pictures.length,
    priors: priorSizes.length,
  }));
  const rows = planBatch(config.seed, step, config, counts, index, base.scheduler.trainTimesteps);
  const stream = (purpose: string, row: number): Pick<RandomStream, 'normals'> => {
    const at = index * rows.length + row;
    const values = drawn?.(purpose, step, at);
    return values ? { normals: () => values } : new RandomStream(config.seed, purpose, step, at);
  };
  const contents = rows.map((row, i) => rowContent(run, pool, row, stream('latent', i)));
  const [, channels, height, width] = pool.concepts[0]!.instances.mean.shape as [number, number, number, number];
  const shape = [rows.length, channels, height, width];
  const noise = rows.map((_, i) => stream('noise', i).normals(elementCount(shape.slice(1))));
  const feeds: Values = {
    latents: stacked(
      shape,
      contents.map(({ latents }) => latents),
    ),
    noise: stacked(shape, noise),
    mask: stacked(
      [rows.length, 1, height, width],
      contents.map(({ mask }) => mask),
    ),
    timestep: int64(
      [rows.length],
      rows.map(({ timestep }) => timestep),
    ),
    ...textFeeds(run, pool, rows, contents),
  };
  if (base.unet.config.addition) {
    const side = config.resolution;
    feeds.timeIds = float32(
      [rows.length, 6],
      contents.flatMap(({ size }) => [size.height, size.width, 0, 0, side, side]),
    );
  }
  return { rows, feeds };
}

/** Captions as ids; as features where they were encoded before. Instances come first in every batch. */
function textFeeds(
  { prompts, stepOptions }: PreparedRun,
  pool: LatentPool,
  rows: readonly BatchRow[],
  contents: readonly RowContent[],
): Values {
  const captions = contents.map(({ caption }) => caption);
  if (!stepOptions.fedPriors) return prompts.feeds(captions);
  const fed = rows.slice(stepOptions.instanceRows).map(({ concept }) => pool.concepts[concept]!.priorText!);
  return { ...prompts.feeds(captions.slice(0, stepOptions.instanceRows)), ...stackedFeeds(fed) };
}

/** The normal values that the only batch of a step takes. */
export function drawsOf({ config, graphShape, base }: PreparedRun, step: number): WantedDraw[] {
  const { rows, height, width } = graphShape;
  const count = base.unet.config.inChannels * height * width;
  return ['latent', 'noise'].flatMap((purpose) =>
    Array.from({ length: rows }, (_, index) => ({ seed: config.seed, purpose, step, index, count })),
  );
}

function rowContent(
  run: PreparedRun,
  pool: LatentPool,
  row: BatchRow,
  random: Pick<RandomStream, 'normals'>,
): RowContent {
  const { instances, priors, priorSizes } = pool.concepts[row.concept]!;
  const concept = run.concepts[row.concept]!;
  if (row.kind === 'instance') {
    const view = row.picture * viewsPerPicture(run.config) + row.draw;
    const picture = concept.folder.pictures[row.picture]!;
    const caption = instances.prefixes[view]! + picture.caption;
    return { latents: drawLatents(instances, view, random), mask: maskOf(instances, view), caption, size: picture };
  }
  const view = row.picture * priorVariants(run.config) + Number(row.flip);
  return {
    latents: drawLatents(priors!, view, random),
    mask: maskOf(priors!, view),
    caption: concept.config.prior.prompt,
    size: priorSizes[row.picture]!,
  };
}

function stacked(shape: readonly number[], rows: readonly Float32Array[]) {
  const tensor = float32(shape);
  rows.forEach((row, i) => tensor.data.set(row, i * row.length));
  return tensor;
}
