import * as z from 'zod';
import { modelChoice } from '../common/protocol/sampling';
import { promptForm } from '../common/webview/prompt';

const label = z.string().max(20_000);
const cell = z.object({ row: z.int().min(0).max(9999), column: z.int().min(0).max(9999) });

/** One picture of a group, by its file's path inside the group's folder. */
export const groupPicture = z.object({
  /** With `/` between parts, and never leading out of the folder. */
  file: z
    .string()
    .min(1)
    .max(500)
    .refine((file) => isInside(file), 'leads out of the folder'),
  width: z.number().min(1),
  height: z.number().min(1),
  prompt: label,
  negativePrompt: label,
  seed: z.number().min(0),
  steps: z.number(),
  scheduler: z.string().max(40),
  guidanceScale: z.number(),
  model: modelChoice,
  hasAttention: z.boolean(),
  /** Place in the grid of a comparison. */
  cell: cell.optional(),
});

/** See {@link groupPicture}. */
export type GroupPicture = z.infer<typeof groupPicture>;

/** What `group.json` holds. */
export const groupDocument = z.object({
  format: z.literal('custom-diffusion-group-1'),
  title: label,
  /** ISO 8601. */
  created: z.string().max(40),
  kind: z.enum(['pictures', 'comparison']),
  /** Labels of a comparison. */
  rows: z.array(label).max(10_000),
  columns: z.array(label).max(10_000),
  /** Pictures that were asked for. */
  total: z.int().min(0),
  /** `drawing` after the window is gone means that the request did not end well. */
  status: z.enum(['drawing', 'finished', 'stopped', 'failed']),
  problem: label.optional(),
  /** The form it was made from. */
  form: promptForm.optional(),
  pictures: z.array(groupPicture).max(100_000),
});

/** See {@link groupDocument}. */
export type GroupDocument = z.infer<typeof groupDocument>;

/** A group with its place on disk and what was found odd about it. */
export interface PictureGroup extends GroupDocument {
  /** Name of its folder. */
  id: string;
  folder: string;
  /** Files of the pictures that have a star. */
  stars: string[];
  /** What of its description could not be read; the pictures speak for themselves then. */
  damage?: string;
}

function isInside(file: string): boolean {
  const parts = file.split('/');
  return !/[\\:\0]/.test(file) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
