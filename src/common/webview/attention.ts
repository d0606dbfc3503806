import * as z from 'zod';
import type { PictureAttention, TokenMaps } from '../protocol/attention';
import type { AttentionStrings } from './attentionStrings';

const layer = z.string().max(500);

/** What the page asks of the host. */
export const attentionToHost = z.discriminatedUnion('type', [
  /** Look at the picture with a prompt. */
  z.object({
    type: z.literal('look'),
    prompt: z.string().max(20_000),
    model: z.string().max(4200),
    timestep: z.int().min(0).max(999),
    seed: z.int().min(0),
  }),
  /** Ends a look that is under way. */
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('showForm') }),
  z.object({ type: z.literal('showMaps') }),
  /** The maps of one layer or of one sampling step, from 1. */
  z.object({ type: z.literal('maps'), layer: layer.optional(), step: z.int().min(1).max(100_000).optional() }),
  /** The picture as it is shown, as a PNG. */
  z.object({ type: z.literal('savePicture'), png: z.instanceof(Uint8Array), words: z.string().max(200) }),
  z.object({ type: z.literal('saveTable'), csv: z.string().max(1_000_000) }),
  z.object({ type: z.literal('reload') }),
  z.object({ type: z.literal('manageTrust') }),
]);

/** See {@link attentionToHost}. */
export type AttentionToHost = z.infer<typeof attentionToHost>;

/** A base model or a fine-tune that the picture can be looked at with. */
export interface LookModel {
  id: string;
  label: string;
}

/** What the form starts with. */
export interface LookForm {
  prompt: string;
  /** The prompt was found in the picture itself. */
  fromPicture: boolean;
  model: string;
  models: readonly LookModel[];
  timestep: number;
  seed: number;
}

/** Everything the page shows but the picture's bytes. */
export interface AttentionState {
  fileName: string;
  trusted: boolean;
  view: 'loading' | 'form' | 'looking' | 'maps';
  form: LookForm;
  attention?: PictureAttention;
  /** What went wrong, in whole sentences. */
  problem?: string;
}

/** What the host tells the page. */
export type AttentionFromHost =
  | { type: 'state'; strings: AttentionStrings; state: AttentionState }
  /** The picture that is shown; after a look, what the model saw of it. */
  | { type: 'picture'; bytes: Uint8Array }
  /** The answer to `maps`. */
  | { type: 'maps'; layer?: string; step?: number; maps?: TokenMaps; problem?: string };
