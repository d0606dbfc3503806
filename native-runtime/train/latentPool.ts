import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { viewsPerPicture } from '../../src/common/config/resolvedTrainConfig';
import { applyAugmentation, centreSquare, drawAugmentation } from '../data/augmentation';
import { loadImage, type RgbImage } from '../data/images';
import { hashFile } from './fileHash';
import { loadLatentSet, saveLatentSet, type LatentSet } from './latentSet';
import { latentShape, PictureEncoder, type View } from './pictureEncoder';
import type { PreparedRun } from './prepareRun';
import type { PriorPicture } from './priorPictures';
import { encodePriorTexts, type FedText } from './priorTexts';

/** Pixels of a picture. */
export interface PictureSize {
  width: number;
  height: number;
}

/** Everything a run shows the UNet, encoded. */
export interface LatentPool {
  concepts: {
    /** `viewsPerPicture` views of each picture, one picture after the other. */
    instances: LatentSet;
    /** Each prior picture, and after it the mirrored one where flips are on; undefined without prior pictures. */
    priors?: LatentSet;
    /** Pixels of each prior picture before it was cut and scaled. */
    priorSizes: readonly PictureSize[];
    /** The features of the prior pictures' caption, unless the training graph encodes it. */
    priorText?: FedText;
  }[];
}

/** Told how many of all views are encoded. */
export type EncodeProgress = (done: number, total: number) => void;

/** One set to be encoded or found in the cache. */
interface Job {
  key: string;
  count: number;
  view: (index: number) => Promise<View>;
}

/**
 * Encodes every view of every picture once, or reads them from the cache: files named by a hash of all that they depend on.
 * @throws ProductError `bad-image` when a picture disappeared, `cancelled`, `disk-full`
 */
export async function buildLatentPool(
  run: PreparedRun,
  priors: readonly (readonly PriorPicture[])[],
  onProgress: EncodeProgress = () => {},
  signal?: AbortSignal,
): Promise<LatentPool> {
  const jobs = run.concepts.map((_, i) => ({ instances: instanceJob(run, i), priors: priorJob(run, priors[i]!) }));
  const all = jobs.flatMap((job) => (job.priors ? [job.instances, job.priors] : [job.instances]));
  const sets = await encodeJobs(run, all, onProgress, signal);
  const texts = await encodePriorTexts(run);
  return {
    concepts: jobs.map((job, i) => ({
      instances: sets.get(job.instances)!,
      priors: job.priors && sets.get(job.priors),
      priorSizes: priors[i]!,
      priorText: texts?.get(run.config.concepts[i]!.prior.prompt),
    })),
  };
}

async function encodeJobs(
  run: PreparedRun,
  jobs: Job[],
  onProgress: EncodeProgress,
  signal?: AbortSignal,
): Promise<Map<Job, LatentSet>> {
  const folder = join(run.cacheFolder, 'latents');
  await mkdir(folder, { recursive: true });
  const total = jobs.reduce((sum, { count }) => sum + count, 0);
  const sets = new Map<Job, LatentSet>();
  let encoder: PictureEncoder | undefined;
  let done = 0;
  try {
    for (const job of jobs) {
      const path = join(folder, `${job.key}.safetensors`);
      let set = await loadLatentSet(path, latentShape(run.base, run.config.resolution, job.count));
      if (!set) {
        encoder ??= await PictureEncoder.create(run.base, run.config.resolution, run.session);
        const before = done;
        set = await encoder.encode(job.count, job.view, (n) => onProgress(before + n, total), signal);
        // The cache is shared: what another base encoded must not get into it.
        await run.baseWatch.requireUnchanged();
        await saveLatentSet(path, set);
      }
      done += job.count;
      onProgress(done, total);
      sets.set(job, set);
    }
  } finally {
    await encoder?.release();
  }
  return sets;
}

function instanceJob({ config, base, concepts, identity }: PreparedRun, concept: number): Job {
  const { pictures } = concepts[concept]!.folder;
  const { seed, resolution, augmentation } = config;
  const views = viewsPerPicture(config);
  const picture = remembered((i) => loadUnchanged(pictures[i]!));
  return {
    key: keyOf(identity.base, {
      seed,
      resolution,
      augmentation,
      views,
      concept,
      pictures: pictures.map(({ sha256 }) => sha256),
    }),
    count: pictures.length * views,
    view: async (index) => {
      const which = Math.floor(index / views);
      const drawn = drawAugmentation(seed, concept, which, index % views, resolution, augmentation);
      return applyAugmentation(await picture(which), drawn, resolution, base.vae.config.scaleFactor);
    },
  };
}

function priorJob({ config, base, identity }: PreparedRun, pictures: readonly PriorPicture[]): Job | undefined {
  if (!pictures.length) return undefined;
  const { resolution, augmentation } = config;
  const variants = priorVariants(config);
  const cells = resolution / base.vae.config.scaleFactor;
  const picture = remembered((i) => loadUnchanged(pictures[i]!));
  return {
    key: keyOf(identity.base, { resolution, flip: augmentation.flip, priors: pictures.map(({ sha256 }) => sha256) }),
    count: pictures.length * variants,
    view: async (index) => {
      const pixels = await centreSquare(
        await picture(Math.floor(index / variants)),
        resolution,
        index % variants === 1,
      );
      return { pixels, mask: new Float32Array(cells * cells).fill(1), prefix: '' };
    },
  };
}

/** How many encoded variants a prior picture has: itself and its mirror image, or only itself. */
export function priorVariants({ augmentation }: { augmentation: { flip: boolean } }): number {
  return augmentation.flip ? 2 : 1;
}

/** @throws ProductError `bad-image` when the file is not the one that was checked before the start. */
async function loadUnchanged({ path, sha256 }: Pick<PriorPicture, 'path' | 'sha256'>): Promise<RgbImage> {
  const image = await loadImage(path);
  if ((await hashFile(path)).sha256 === sha256) return image;
  throw new ProductError('bad-image', path, 'the picture changed after the run was started', 'Start again');
}

/** Keeps the last picture: its views are asked for in a row. */
function remembered(load: (index: number) => Promise<RgbImage>): (index: number) => Promise<RgbImage> {
  let last = -1;
  let image: Promise<RgbImage> | undefined;
  return (index) => {
    if (index !== last || !image) image = load(index);
    last = index;
    return image;
  };
}

function keyOf(base: { content: string }, content: Record<string, unknown>): string {
  return createHash('sha256')
    .update(JSON.stringify([1, base.content, content]))
    .digest('hex')
    .slice(0, 32);
}
