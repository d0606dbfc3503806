import * as z from 'zod';
import type { DatasetPicture } from '../protocol/dataset';
import type { LayerList } from '../protocol/model';
import type { TrainingEstimate } from '../protocol/training';
import type { FineTuneDraft } from './fineTuneDraft';
import type { fineTuneStrings } from './fineTuneStrings';

const part = z.union([z.string().regex(/^\$?[A-Za-z]\w{0,60}$/), z.int().min(0).max(1000)]);
const path = z.array(part).min(1).max(6);
const concept = z.int().min(0).max(1000);
const file = z.string().min(1).max(1000);

/** What the fine-tune page asks of its host. */
export const fineTuneToHost = z.discriminatedUnion('type', [
  /** Changes of the configuration; a field without a value is left out. */
  z.object({
    type: z.literal('edit'),
    edits: z
      .array(z.object({ path, value: z.unknown().optional() }))
      .min(1)
      .max(20),
  }),
  z.object({ type: z.literal('base'), value: z.string().max(4096) }),
  z.object({ type: z.literal('addModel') }),
  /** Asks for a folder with the editor's own dialogue and writes it to the field. */
  z.object({ type: z.literal('pickFolder'), path }),
  z.object({ type: z.literal('addConcept') }),
  z.object({ type: z.literal('removeConcept'), concept }),
  z.object({ type: z.literal('rescan'), concept }),
  z.object({ type: z.literal('caption'), concept, file, caption: z.string().max(2000) }),
  /** Views of a picture, from draw `first` on. */
  z.object({ type: z.literal('augment'), concept, file, first: z.int().min(0).max(1_000_000) }),
  z.object({ type: z.literal('openPicture'), concept, file }),
  z.object({ type: z.literal('openJson') }),
  z.object({ type: z.literal('manageTrust') }),
  z.object({ type: z.literal('showLog') }),
  z.object({ type: z.literal('start') }),
]);

/** See {@link fineTuneToHost}. */
export type FineTuneToHost = z.infer<typeof fineTuneToHost>;

/** A picture on the page; its thumbnail is an address that the page may load. */
export type PictureCardData = Omit<DatasetPicture, 'path'>;

/** Something about one file, or about the folder when `file` is empty. */
export interface FileRemark {
  file: string;
  problem: string;
}

/** The pictures of one concept. */
export interface DatasetState {
  status: 'reading' | 'ready' | 'failed';
  /** Why it failed. */
  problem?: string;
  pictures: PictureCardData[];
  skipped: FileRemark[];
  warnings: FileRemark[];
}

/** Something that stops the start. */
export interface FieldProblem {
  /** As `concepts.0.folder`; empty when it belongs to no field. */
  field: string;
  /** The file of the concept's folder that it is about. */
  file?: string;
  problem: string;
  remedy: string;
}

/** What is known about the configuration as it stands. */
export interface CheckState {
  /** A newer check is under way; the rest is about what was before. */
  pending: boolean;
  problems: FieldProblem[];
  warnings: string[];
  /** With every default filled in. */
  resolved?: FineTuneDraft;
  estimate?: TrainingEstimate;
  /** Why nothing could be checked, as when the runtime did not start. */
  failure?: string;
}

/** The base model, as far as it could be read. */
export interface ModelState {
  status: 'reading' | 'ready' | 'failed';
  problem?: string;
  /** What it is, in a few words. */
  title?: string;
  layers?: LayerList;
}

/** Everything the page shows. */
export interface FineTuneState {
  /** The workspace is not trusted: nothing is read by the runtime and nothing starts. */
  restricted: boolean;
  /** Where relative paths of the configuration start. */
  folder: string;
  /** The document the form came from, as an address. */
  source?: string;
  config: FineTuneDraft;
  bases: { value: string; label: string }[];
  model: ModelState;
  /** One for each concept. */
  datasets: DatasetState[];
  check: CheckState;
  /** *Start* was pressed and the run is not there yet. */
  starting: boolean;
}

/** A view of a picture as training sees it. */
export interface ViewData {
  picture: string;
  /** 1 where the error counts; row by row. */
  mask: { height: number; width: number; data: ArrayLike<number> };
  band: 'small' | 'plain' | 'zoom';
  flip: boolean;
  prefix: string;
}

/** What the host tells the fine-tune page. */
export type FineTuneFromHost =
  | { type: 'state'; strings: typeof fineTuneStrings; state: FineTuneState }
  /** Parts of the state that are new. */
  | { type: 'update'; change: Partial<FineTuneState> }
  | { type: 'dataset'; concept: number; dataset: DatasetState }
  | { type: 'views'; concept: number; file: string; first: number; views: ViewData[]; problem?: string };

/** What the page keeps for the editor, to be restored from after a reload. */
export const fineTuneViewState = z.object({
  version: z.literal(1),
  folder: z.string().min(1).max(4096),
  source: z.string().max(4096).optional(),
  config: z.record(z.string(), z.unknown()),
});

/** See {@link fineTuneViewState}. */
export type FineTuneViewState = z.infer<typeof fineTuneViewState>;
