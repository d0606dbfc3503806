import { ProductError } from '../../src/common/errors';
import type { SamplerName } from '../../src/common/samplerNames';
import type { AttentionAggregate } from '../attention/aggregate';
import type { CaptureLevel } from '../attention/capture';
import type { WordGroup } from '../../src/common/attention/words';
import type { BaseModel } from '../models/baseModel';
import type { RgbImage } from './png';

/** Pictures to be made of one prompt. */
export interface GenerationRequest {
  prompt: string;
  /** What guidance leads away from; the empty prompt if left out. */
  negativePrompt?: string;
  /** One picture for each; whole numbers from 0. */
  seeds: readonly number[];
  /** Pixels. */
  width: number;
  height: number;
  steps: number;
  scheduler: SamplerName;
  /** 1 is the prompt alone, and half the work. */
  guidanceScale: number;
  /** DDIM's, from 0 (deterministic) to 1. */
  eta?: number;
  /** Pictures made at once; by default what fits the work of one 512-pixel picture of Stable Diffusion, at most 8. */
  batch?: number;
  capture?: CaptureLevel;
  /** Start noise of each picture [channels, height, width] in latent cells, instead of what the seed gives. */
  initialNoise?: readonly Float32Array[];
}

/** A finished picture. */
export interface GeneratedPicture {
  seed: number;
  image: RgbImage;
  /** What the picture was decoded from, [channels, height, width], scaled as the UNet has it. */
  latents: Float32Array;
  attention?: AttentionAggregate;
  /** The prompt's words and where they are in the maps. */
  words: readonly WordGroup[];
}

const LARGEST_SIDE = 4096;
const LARGEST_GUIDANCE = 100;
const LARGEST_BATCH = 64;
const MOST_PICTURES = 100_000;

/** Pixels of which the sides of this model's pictures must be multiples: the autoencoder's scale, halved again at each level of the UNet. */
export function sizeMultiple(base: BaseModel): number {
  return base.vae.config.scaleFactor * 2 ** (base.unet.config.levels.length - 1);
}

/** @throws ProductError `bad-input` naming the nearest sizes the model can draw. */
export function checkSize(base: BaseModel, size: { width: number; height: number }): void {
  const multiple = sizeMultiple(base);
  for (const side of ['width', 'height'] as const) {
    const value = size[side];
    if (!Number.isInteger(value) || value < 1 || value > LARGEST_SIDE)
      throw new ProductError(
        'bad-input',
        side,
        `${value} is not a number of pixels from ${multiple} to ${LARGEST_SIDE}`,
      );
    if (value % multiple === 0) continue;
    const [below, above] = [Math.floor(value / multiple) * multiple, Math.ceil(value / multiple) * multiple];
    const nearest = below ? `${below} or ${above}` : `${above}`;
    throw new ProductError(
      'bad-input',
      side,
      `${value} is not a multiple of ${multiple}`,
      `The nearest this model can draw: ${nearest}`,
    );
  }
}

/**
 * Refuses numbers no picture can be made with. Sampler, steps and eta are checked by the sampler itself.
 * @throws ProductError `bad-input` naming the field.
 */
export function checkRequest(base: BaseModel, request: GenerationRequest): void {
  const { seeds, guidanceScale, batch, initialNoise } = request;
  checkSize(base, request);
  const refuse = (field: string, problem: string, remedy: string) =>
    new ProductError('bad-input', field, problem, remedy);
  if (seeds.length === 0) throw refuse('seeds', 'there are none', 'Give one for each picture');
  if (seeds.length > MOST_PICTURES)
    throw refuse('seeds', `${seeds.length} are too many`, `At most ${MOST_PICTURES} at once`);
  const odd = seeds.find((seed) => !Number.isSafeInteger(seed) || seed < 0);
  if (odd !== undefined) throw refuse('seeds', `${odd} is not a seed`, 'Use whole numbers from 0 to 9007199254740991');
  if (!(guidanceScale >= 0 && guidanceScale <= LARGEST_GUIDANCE))
    throw refuse(
      'guidanceScale',
      `${guidanceScale} is out of range`,
      `Use a number from 0 to ${LARGEST_GUIDANCE}; 1 is no guidance`,
    );
  if (batch !== undefined && !(Number.isInteger(batch) && batch >= 1 && batch <= LARGEST_BATCH))
    throw refuse('batch', `${batch} is not a number of pictures`, `Use a whole number from 1 to ${LARGEST_BATCH}`);
  const size = latentLength(base, request);
  if (initialNoise && (initialNoise.length !== seeds.length || initialNoise.some((noise) => noise.length !== size)))
    throw refuse('initialNoise', 'does not fit the seeds and the size', `Give ${size} values for each seed`);
}

/** Number of latent values of one picture. */
export function latentLength(base: BaseModel, { width, height }: Pick<GenerationRequest, 'width' | 'height'>): number {
  return (base.vae.config.latentChannels * width * height) / base.vae.config.scaleFactor ** 2;
}

/** The seeds in batches; a batch's rows take the memory of one 64×64 latent unless the request says how many. */
export function batches(base: BaseModel, request: GenerationRequest): number[][] {
  const cells = (request.width * request.height) / base.vae.config.scaleFactor ** 2;
  const size = request.batch ?? Math.min(8, Math.max(1, Math.floor(4096 / cells)));
  return Array.from({ length: Math.ceil(request.seeds.length / size) }, (_, i) =>
    request.seeds.slice(i * size, (i + 1) * size),
  );
}
