import * as z from 'zod';
import type { ComputedOn } from '../protocol/device';
import type { PromptAnalysis } from '../protocol/model';
import { samplerNames } from '../samplerNames';
import { axisKinds, type ModelFacts, type ModelOption, type PromptForm } from './promptForm';
import type { HistoryEntry } from './promptHistory';
import type { PromptStrings } from './promptStrings';

const text = z.string().max(20_000);
const id = z.string().min(1).max(4200);

const axis = z.object({
  kind: z.enum(axisKinds),
  text,
  choices: z.array(z.string().max(4200)).max(500),
});

/** The prompt form as it is stored and sent; see {@link PromptForm}. */
export const promptForm = z.object({
  prompt: text,
  negativePrompt: text,
  model: z.string().max(4200),
  strength: z.number(),
  sampler: z.enum(samplerNames),
  steps: z.number(),
  guidance: z.number(),
  seedMode: z.enum(['count', 'list']),
  count: z.number(),
  firstSeed: z.number(),
  seedList: text,
  width: z.number(),
  height: z.number(),
  captureAttention: z.boolean(),
  compare: z.object({ x: axis, y: axis }),
}) satisfies z.ZodType<PromptForm>;

/** What the page asks of the host. */
export const promptToHost = z.discriminatedUnion('type', [
  /** The form was edited. */
  z.object({ type: z.literal('form'), form: promptForm }),
  z.object({ type: z.literal('generate'), form: promptForm }),
  z.object({ type: z.literal('compare'), form: promptForm }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('chooseFile') }),
  z.object({ type: z.literal('useHistory'), id }),
  z.object({ type: z.literal('removeHistory'), id }),
  z.object({ type: z.literal('clearHistory') }),
  /** Shows a picture of the strip in the grid panel. */
  z.object({ type: z.literal('showPicture'), group: id, file: z.string().max(500) }),
  z.object({ type: z.literal('openPictures') }),
  z.object({ type: z.literal('manageTrust') }),
]);

/** See {@link promptToHost}. */
export type PromptToHost = z.infer<typeof promptToHost>;

/** A picture of the strip below the form. */
export interface StripPicture {
  group: string;
  file: string;
  src: string;
  prompt: string;
  seed: number;
  width: number;
  height: number;
}

/** What is being made, or was last. */
export interface PromptJob {
  state: 'queued' | 'running' | 'finished' | 'stopped' | 'failed';
  /** Jobs before this one, and what the first of them is. */
  waitingFor?: string;
  done: number;
  total: number;
  phase: string;
  secondsLeft?: number;
  /** What went wrong. */
  problem?: string;
  /** What drew them; known at the end. */
  computedOn?: ComputedOn;
  /** Pictures asked for. */
  expected: number;
  /** The newest pictures, in the order they were made. */
  pictures: StripPicture[];
  /** All that are finished. */
  finished: number;
  warnings: string[];
}

/** A prompt taken apart, and the text it belongs to. */
export interface AnalysedPrompt {
  prompt: string;
  analysis: PromptAnalysis;
}

/** What the host tells the page. */
export type PromptFromHost =
  | { type: 'setup'; strings: PromptStrings; trusted: boolean }
  | { type: 'models'; models: ModelOption[] }
  /** Of the chosen model; a problem says why nothing can be drawn with it. */
  | { type: 'facts'; facts?: ModelFacts; problem?: string }
  /** At first the whole form; later what something other than the page has changed. */
  | { type: 'form'; form: Partial<PromptForm> }
  | { type: 'analysis'; prompt?: AnalysedPrompt; negative?: AnalysedPrompt; problem?: string }
  | { type: 'history'; history: HistoryEntry[] }
  | { type: 'job'; job?: PromptJob }
  /** The prompt gets the keyboard's focus. */
  | { type: 'focus' }
  /** Something else runs: a request would wait. */
  | { type: 'busy'; with?: string };
