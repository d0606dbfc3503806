import * as z from 'zod';
import { computedOn, computingChoice } from './device';
import { float32Array } from './float32Array';
import { modelChoice } from './sampling';

/** Maps of all tokens: `data` is `[tokens, height, width]`, mean probabilities. */
export const tokenMaps = z.object({
  tokens: z.int(),
  height: z.int(),
  width: z.int(),
  data: float32Array,
});

/** See {@link tokenMaps}. */
export type TokenMaps = z.infer<typeof tokenMaps>;

/** A picture's attention as the editor shows it. */
export const pictureAttention = z.object({
  /** Saved with the picture, or looked up just now. */
  source: z.enum(['saved', 'looked']),
  /** The picture the maps belong to, a PNG or the file itself; a looked-at picture is cut to what the model saw. */
  picture: z.string(),
  width: z.number(),
  height: z.number(),
  prompt: z.string(),
  words: z.array(
    z.object({
      text: z.string(),
      positions: z.array(z.int()),
      isModifier: z.boolean(),
      isSpecial: z.boolean(),
    }),
  ),
  mean: tokenMaps,
  /** Layers whose own maps can be asked for, in the order the UNet runs them. */
  layers: z.array(z.string()),
  /** Sampling steps whose own maps can be asked for. */
  steps: z.int(),
  /** What looked; absent for saved maps. */
  computedOn: computedOn.optional(),
});

/** See {@link pictureAttention}. */
export type PictureAttention = z.infer<typeof pictureAttention>;

/** How a picture without saved maps is looked at. */
export const lookRequest = z.object({
  picture: z.string(),
  prompt: z.string().max(20_000),
  model: modelChoice,
  timestep: z.int().min(0).max(999),
  seed: z.int().min(0),
  computing: computingChoice.optional(),
});

/** See {@link lookRequest}. */
export type LookRequest = z.infer<typeof lookRequest>;
