import { ProductError } from '../../src/common/errors';
import type { AttentionAccumulator } from '../attention/aggregate';
import { attentionAccumulator, capturedAttention } from '../attention/capture';
import type { Feeds, SessionOptions, Values } from '../device/session';
import type { BaseModel } from '../models/baseModel';
import { RandomStream } from '../random';
import { DiffusionModel, type TextFeatures } from './diffusionModel';
import {
  batches,
  checkRequest,
  latentLength,
  type GeneratedPicture,
  type GenerationRequest,
} from './generationRequest';
import { guide } from './guidance';
import { imageToRgb } from './png';
import { createScheduler } from './schedulers/createScheduler';
import { untuned, type TunedWeights } from './tunedWeights';

/** How a caller follows and stops the making of pictures. */
export interface GenerationHooks {
  /** Looked at between steps; pictures already given out stay good. */
  signal?: AbortSignal;
  /** UNet evaluations done, of all pictures together, and their total. */
  onStep?(done: number, total: number): void;
  /** What the user should know and that is no error, such as a prompt that is cut off. */
  onWarning?(warning: string): void;
}

/** What all batches of a request share. */
interface Run {
  request: GenerationRequest;
  hooks: GenerationHooks;
  tuned: Feeds;
  prompt: TextFeatures;
  /** Absent without guidance. */
  negative?: TextFeatures;
  progress: { done: number; batches: number };
}

/** Makes pictures with a base model, with or without a fine-tune. */
export class Generator {
  private constructor(
    readonly model: DiffusionModel,
    private tuned: Values,
  ) {}

  /**
   * Prepares a base model. The names and shapes of `tuned` define which tensors are graph inputs.
   * @throws ProductError `bad-model` when the tuned weights do not fit the base, `bad-token`, or what reading the tokenizer throws.
   */
  static async create(
    base: BaseModel,
    options: { tuned?: TunedWeights; session?: SessionOptions } = {},
  ): Promise<Generator> {
    const { tuned = untuned, session } = options;
    const model = await DiffusionModel.create(base, tuned, session);
    return new Generator(model, model.feedsOf(tuned));
  }

  /**
   * Other values of the tuned weights, from the next request on: another strength, or weights in training. float32 values
   * are borrowed, not copied: replace them, do not write into them, while pictures are made. Nothing is compiled again.
   * @throws ProductError `conflict` for other names than at the start, `bad-model` for other shapes.
   */
  setTuned(tuned: TunedWeights): void {
    this.tuned = this.model.feedsOf(tuned);
  }

  /** The graph inputs that carry the tuned weights now. */
  get tunedFeeds(): Values {
    return this.tuned;
  }

  /**
   * Checks a request without doing any work and returns its warnings.
   * @throws ProductError `bad-input`, `bad-config` or `bad-token` naming the field.
   */
  check(request: GenerationRequest): string[] {
    const { prompt, negativePrompt, guidanceScale } = request;
    checkRequest(this.model.base, request);
    this.scheduler(request);
    const warnings = this.model.prompts.check(prompt, 'prompt');
    if (!negativePrompt) return warnings;
    if (guidanceScale === 1) return [...warnings, 'negativePrompt: has no effect without guidance'];
    return [...warnings, ...this.model.prompts.check(negativePrompt, 'negativePrompt')];
  }

  /**
   * Makes the pictures of a request, batch by batch, in the order of its seeds. A picture depends on its seed and the
   * request, not on its batch, but for rounding: kernels sum in another order for other sizes, which moves latents by some
   * 1e-7 of their range. The request is checked at once, before the first picture is asked for.
   * @throws ProductError as `check`; while it runs, `cancelled`, `not-finite`, `out-of-memory` or `device`.
   */
  generate(request: GenerationRequest, hooks: GenerationHooks = {}): AsyncGenerator<GeneratedPicture, void, undefined> {
    for (const warning of this.check(request)) hooks.onWarning?.(warning);
    return this.run(request, hooks, this.tuned);
  }

  /** Frees the compiled graphs. */
  async release(): Promise<void> {
    await this.model.release();
  }

  private async *run(
    request: GenerationRequest,
    hooks: GenerationHooks,
    tuned: Values,
  ): AsyncGenerator<GeneratedPicture, void, undefined> {
    stopIfAsked(hooks.signal);
    const uploaded = await this.model.upload(tuned);
    try {
      yield* this.makeBatches(request, hooks, uploaded.feeds);
    } finally {
      await uploaded.release();
    }
  }

  private async *makeBatches(request: GenerationRequest, hooks: GenerationHooks, tuned: Feeds) {
    const prompt = await this.model.encodePrompt(request.prompt, tuned);
    const negative =
      request.guidanceScale === 1 ? undefined : await this.model.encodePrompt(request.negativePrompt ?? '', tuned);
    const plan = batches(this.model.base, request);
    const run: Run = { request, hooks, tuned, prompt, negative, progress: { done: 0, batches: plan.length } };
    let first = 0;
    for (const seeds of plan) {
      yield* this.makeBatch(run, seeds, request.initialNoise?.slice(first, first + seeds.length));
      first += seeds.length;
    }
  }

  private async *makeBatch(run: Run, seeds: readonly number[], noise?: readonly Float32Array[]) {
    const { request, hooks } = run;
    const maps = this.accumulator(request, seeds.length);
    const latents = await this.denoise(run, seeds, maps, noise);
    const words = this.model.prompts.words(request.prompt);
    const size = latentLength(this.model.base, request);
    for (const [i, seed] of seeds.entries()) {
      stopIfAsked(hooks.signal);
      const own = latents.slice(i * size, (i + 1) * size);
      const picture: GeneratedPicture = { seed, image: await this.decode(own, request), latents: own, words };
      if (maps) picture.attention = maps.result(i);
      yield picture;
    }
  }

  /** The whole reverse process of one batch: latents [pictures, channels, height, width]. */
  private async denoise(
    run: Run,
    seeds: readonly number[],
    maps: AttentionAccumulator | undefined,
    noise?: readonly Float32Array[],
  ): Promise<Float32Array> {
    const { request, hooks, progress } = run;
    const scheduler = this.scheduler(request);
    const size = latentLength(this.model.base, request);
    // Every draw is a picture's own: its seed and the step decide, never its neighbours in the batch.
    const draw = (purpose: string, step: number) =>
      join(seeds.map((seed) => new RandomStream(seed, purpose, step).normals(size)));
    let latents: Float32Array = (noise ? join(noise) : draw('noise', 0)).map(
      (value) => value * scheduler.initNoiseSigma,
    );
    for (const [index, timestep] of scheduler.timesteps.entries()) {
      stopIfAsked(hooks.signal);
      const scaled = scheduler.scaleModelInput(latents, index);
      const output = await this.guidedPrediction(run, seeds.length, scaled, timestep, maps);
      latents = scheduler.step(output, index, latents, () => draw('noise.step', index));
      hooks.onStep?.(++progress.done, progress.batches * scheduler.timesteps.length);
    }
    return latents;
  }

  /** One evaluation for a batch: with guidance the unconditional rows first, then the conditional ones, in one call. */
  private async guidedPrediction(
    { request, tuned, prompt, negative }: Run,
    pictures: number,
    sample: Float32Array,
    timestep: number,
    maps: AttentionAccumulator | undefined,
  ): Promise<Float32Array> {
    const { scaleFactor } = this.model.base.vae.config;
    const texts = [...repeat(negative, pictures), ...repeat(prompt, pictures)];
    const shape = {
      rows: texts.length,
      height: request.height / scaleFactor,
      width: request.width / scaleFactor,
      captureFrom: maps && texts.length - pictures,
    };
    const samples = negative ? join([sample, sample]) : sample;
    const { output, results, layers } = await this.model.predict(shape, samples, timestep, texts, tuned);
    maps?.addStep(capturedAttention(results, layers));
    if (!negative) return output;
    const half = output.length / 2;
    return guide(output.subarray(0, half), output.subarray(half), request.guidanceScale);
  }

  private async decode(latents: Float32Array, { width, height }: GenerationRequest) {
    const { scaleFactor } = this.model.base.vae.config;
    const pixels = await this.model.decode(latents, height / scaleFactor, width / scaleFactor);
    return imageToRgb(pixels, height, width);
  }

  private accumulator({ capture = 'none', width, height }: GenerationRequest, pictures: number) {
    const { scaleFactor } = this.model.base.vae.config;
    return attentionAccumulator(capture, pictures, height / scaleFactor, width / scaleFactor);
  }

  private scheduler({ scheduler, steps, eta }: GenerationRequest) {
    return createScheduler(scheduler, this.model.base.scheduler, steps, { eta });
  }
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ProductError('cancelled', '', 'stopped; the finished pictures are kept');
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function repeat<T>(item: T | undefined, count: number): T[] {
  return item === undefined ? [] : Array.from({ length: count }, () => item);
}
