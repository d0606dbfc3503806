import * as z from 'zod';
import { computedOn } from './device';

/** Which weights draw: a base model, and a fine-tune on top of it or not. */
export const modelChoice = z.object({
  /** A folder, a file or "pocket"; left out, the delta's run decides. */
  base: z.string().max(4096).optional(),
  /** A delta file, a run folder or a checkpoint folder. */
  delta: z.string().max(4096).optional(),
  /** How much of the delta counts; 1 if left out. */
  strength: z.number().min(-10).max(10).optional(),
  /** How this choice is called in labels. */
  label: z.string().max(200).optional(),
});

/** See {@link modelChoice}. */
export type ModelChoice = z.infer<typeof modelChoice>;

/** Pictures to be made of one prompt, in the words of the generator. */
export const pictureRequest = z.object({
  prompt: z.string().max(20_000),
  negativePrompt: z.string().max(20_000),
  seeds: z.array(z.int().min(0)).min(1).max(1000),
  /** Pixels; the model's own size if left out. */
  width: z.int().optional(),
  height: z.int().optional(),
  steps: z.int().min(1).max(1000),
  scheduler: z.string().max(40),
  guidanceScale: z.number().min(0).max(100),
  captureAttention: z.boolean(),
  /** Which maps are kept beside their mean: those of each layer (if left out), or of each sampling step. */
  attentionDetail: z.enum(['mean', 'layers', 'steps']).optional(),
});

/** See {@link pictureRequest}. */
export type PictureRequest = z.infer<typeof pictureRequest>;

/** One picture on disk, with everything needed to show it and to make it again. */
export const savedPicture = z.object({
  path: z.string(),
  attentionPath: z.string().optional(),
  width: z.number(),
  height: z.number(),
  prompt: z.string(),
  negativePrompt: z.string(),
  seed: z.number(),
  steps: z.number(),
  scheduler: z.string(),
  guidanceScale: z.number(),
  model: modelChoice,
  /** Place in a comparison grid, from 0; absent outside comparisons. */
  cell: z.object({ row: z.int(), column: z.int() }).optional(),
});

/** See {@link savedPicture}. */
export type SavedPictureRecord = z.infer<typeof savedPicture>;

/** What the making of pictures says while it works; at most five times a second, pictures always. */
export const samplingUpdate = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number(), total: z.number(), phase: z.string() }),
  z.object({ kind: z.literal('picture'), picture: savedPicture }),
  z.object({ kind: z.literal('warning'), message: z.string() }),
]);

/** See {@link samplingUpdate}. */
export type SamplingUpdate = z.infer<typeof samplingUpdate>;

/** Pictures made by one request; `stopped` when the user ended it, and what was finished is kept. */
export const samplingResult = z.object({
  status: z.enum(['finished', 'stopped']),
  pictures: z.array(savedPicture),
  gridPath: z.string().optional(),
  /** What drew them. */
  computedOn: computedOn.optional(),
});

/** See {@link samplingResult}. */
export type SamplingResult = z.infer<typeof samplingResult>;
