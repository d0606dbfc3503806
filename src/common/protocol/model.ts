import * as z from 'zod';
import { freezeModes } from '../freezeModes';

/** One projection (`to_q`, `to_k`, `to_v`, `to_out`) of an attention layer. */
const projectionRow = z.object({
  name: z.string(),
  /** Shapes by parameter name: `weight` `[out, in]`, `bias` `[out]`. */
  shapes: z.record(z.string(), z.array(z.number())),
  parameters: z.number(),
});

/** One attention layer, `….attn1` or `….attn2`, in the order the UNet runs them. */
const attentionLayerRow = z.object({ name: z.string(), projections: z.array(projectionRow) });

/** What can be chosen in the freeze tree of one base model. */
export const layerList = z.object({
  layers: z.array(attentionLayerRow),
  /** Parameters that each named mode lets learn. */
  modes: z.record(z.enum(freezeModes), z.number()),
  parameters: z.number(),
});

/** See {@link layerList}. */
export type LayerList = z.infer<typeof layerList>;

/** What a base model is, from its configs and file headers; no weight is read. */
export const modelSummary = z.object({
  path: z.string(),
  name: z.string(),
  family: z.string(),
  /** Default side of its pictures, in pixels. */
  resolution: z.number(),
  /** Sides must be multiples of this, in pixels. */
  sizeMultiple: z.number(),
  predictionType: z.string(),
  parameters: z.object({ unet: z.number(), autoencoder: z.number(), textEncoders: z.number() }),
  fingerprint: z.string(),
  /** Positions of the text encoder, start and end included. */
  textPositions: z.number(),
});

/** See {@link modelSummary}. */
export type ModelSummary = z.infer<typeof modelSummary>;

/** A fine-tune that pictures can be made with: a delta file, or the newest delta of a run or checkpoint. */
export const deltaSummary = z.object({
  path: z.string(),
  name: z.string(),
  format: z.string(),
  modifierTokens: z.array(z.string()),
  /** Class noun of each modifier token, where the file says it. */
  classNouns: z.record(z.string(), z.string()),
  /** The base it was trained on, as its run named it; absent when unknown. */
  base: z.string().optional(),
  parameters: z.number(),
  metadata: z.record(z.string(), z.string()),
});

/** See {@link deltaSummary}. */
export type DeltaSummary = z.infer<typeof deltaSummary>;

/** The header of a weight file. */
export const weightFileHeader = z.object({
  path: z.string(),
  bytes: z.number(),
  /** One sentence on what it is: a delta of which base, a LoRA, a UNet, attention maps, … */
  kind: z.string(),
  /** Whether *Generate with…* makes sense. */
  isDelta: z.boolean(),
  facts: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.string()),
  tensors: z.array(
    z.object({
      name: z.string(),
      dtype: z.string(),
      shape: z.array(z.number()),
      bytes: z.number(),
      parameters: z.number(),
    }),
  ),
});

/** See {@link weightFileHeader}. */
export type WeightFileHeader = z.infer<typeof weightFileHeader>;

/** One word or piece of a prompt as the tokenizer sees it. */
export const promptToken = z.object({
  text: z.string(),
  /** Positions in the model's context; 0 is the start token. */
  positions: z.array(z.int()),
  isModifier: z.boolean(),
});

/** A prompt taken apart. */
export const promptAnalysis = z.object({
  tokens: z.array(promptToken),
  /** Tokens used, start and end included. */
  count: z.int(),
  /** Positions there are: 77. */
  positions: z.int(),
  /** The part of the prompt beyond the last position; empty when all of it is used. */
  cut: z.string(),
  /** In one sentence each: an unknown modifier token, a missing class noun, text that is cut off. */
  warnings: z.array(z.string()),
});

/** See {@link promptAnalysis}. */
export type PromptAnalysis = z.infer<typeof promptAnalysis>;
