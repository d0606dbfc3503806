import { type ResolvedTrainConfig, viewsPerPicture } from '../../src/common/config/resolvedTrainConfig';
import type { BaseModel } from '../models/baseModel';
import { elementCount } from '../tensorData';
import { latentShape } from './pictureEncoder';
import { priorVariants } from './latentPool';

/** Bytes on disk that a run writes. */
export interface DiskNeeds {
  delta: number;
  /** One checkpoint: weights and two moments. */
  checkpoint: number;
  /** All that are kept, and the one being written. */
  checkpoints: number;
  /** Drawn prior pictures and encoded pictures. */
  caches: number;
  /** What must be free before the start: room for two checkpoints, the delta and the caches. */
  atStart: number;
}

/**
 * What a run will write.
 * @param trainedParameters how many numbers it trains
 * @param pictures how many pictures each concept has
 */
export function diskNeeds(
  config: ResolvedTrainConfig,
  base: BaseModel,
  trainedParameters: number,
  pictures: readonly number[],
): DiskNeeds {
  const delta = 4 * trainedParameters;
  const checkpoint = 3 * delta;
  const drawn = config.concepts.filter(({ prior }) => prior.kind === 'generated' && config.priorRows > 0);
  const priors = config.concepts.reduce((sum, { prior }) => sum + (prior.kind === 'none' ? 0 : prior.count), 0);
  const views =
    pictures.reduce((sum, count) => sum + count * viewsPerPicture(config), 0) + priors * priorVariants(config);
  // Mean, deviation and mask of each view; a drawn picture as PNG takes at most about three bytes a pixel.
  const perView = 4 * elementCount(latentShape(base, config.resolution, 1)) * 2.25;
  const perPicture = 3 * config.resolution ** 2;
  const caches = views * perView + drawn.reduce((sum, { prior }) => sum + prior.count * perPicture, 0);
  return {
    delta,
    checkpoint,
    checkpoints: (Math.min(config.keepCheckpoints, Math.ceil(config.steps / config.checkpointEvery)) + 1) * checkpoint,
    caches: Math.ceil(caches),
    atStart: Math.ceil(2 * checkpoint + delta + caches),
  };
}
