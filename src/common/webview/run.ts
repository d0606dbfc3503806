import * as z from 'zod';
import { runRequests, type RunControls } from './runControls';
import type { StepColumns } from './runSteps';
import type { runStrings } from './runStrings';

/** The most bytes an exported picture may have. */
const mostPictureBytes = 32 * 2 ** 20;
const step = z.int().min(0);
/** Index of a picture in its step; null is the whole grid. */
const picture = z.int().min(0);
const bytes = z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length <= mostPictureBytes);

/** What the run page asks of the host. Files are named by what they are, never by path. */
export const runToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ask'), request: z.enum(runRequests) }),
  z.object({ type: z.literal('open'), what: z.enum(['folder', 'config', 'log', 'generate', 'duplicate']) }),
  /** Shows another run, named by its id in `others`, over this one; null takes it away. */
  z.object({ type: z.literal('overlay'), run: z.string().max(4096).nullable() }),
  z.object({ type: z.literal('openPicture'), step, picture: picture.nullable() }),
  z.object({ type: z.literal('inspect'), step, picture }),
  z.object({ type: z.literal('exportCsv') }),
  z.object({ type: z.literal('exportPng'), data: bytes }),
]);

/** See {@link runToHost}. */
export type RunToHost = z.infer<typeof runToHost>;

/** What is known of a run besides its steps. */
export interface RunView {
  /** Names the run for the page and its serializer: its folder. */
  id: string;
  name: string;
  controls: RunControls;
  step: number;
  steps: number;
  lastLoss?: number;
  secondsLeft?: number;
  /** Work that comes before the first step. */
  progress?: { part: 'priors' | 'latents' | 'compiling'; done: number; total: number };
  device?: string;
  rssBytes?: number;
  trainedParameters?: number;
  /** A freeze mode, or how many patterns say what learns. */
  mode: string;
  base: string;
  concepts: { modifierToken: string; classNoun: string }[];
  /** Why it failed or was interrupted. */
  problem?: string;
}

/** Something that happened, for the log at the end of the page. */
export interface RunLogLine {
  kind: 'info' | 'checkpoint' | 'warning' | 'error';
  text: string;
}

/** The pictures of one step; addresses that the page may load. */
export interface SampleView {
  step: number;
  grid?: string;
  pictures: { src: string; prompt: string; seed: number; hasAttention: boolean }[];
}

/** Another run shown over this one. */
export interface OverlayView {
  id: string;
  name: string;
  steps: StepColumns;
}

/** A run that can be shown over this one. */
export interface OtherRun {
  id: string;
  name: string;
}

/** Everything the run page shows besides its texts. */
export interface RunContent {
  run: RunView;
  steps: StepColumns;
  samples: SampleView[];
  log: RunLogLine[];
  others: OtherRun[];
  overlay: OverlayView | null;
}

/**
 * What the host tells the run page: everything, or what changed. The `steps` of an update continue what was sent; those
 * from the first of them on replace earlier ones.
 */
export type RunFromHost =
  ({ type: 'state'; strings: typeof runStrings } & RunContent) | ({ type: 'update' } & Partial<RunContent>);

/** What the page keeps for the editor, to be restored from after a reload. */
export const runViewState = z.object({ version: z.literal(1), run: z.string().min(1).max(4096) });
