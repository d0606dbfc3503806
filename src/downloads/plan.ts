import * as z from 'zod';
import { fileDigest } from './digest';
import { isSafeName } from './safeName';

/** A file of a repository, known by its content. */
export const plannedFile = z.object({
  /** Below the repository, with slashes. */
  path: z.string().refine(isSafeName),
  size: z.int().min(0),
  digest: fileDigest,
});

/** See {@link plannedFile}. */
export type PlannedFile = z.infer<typeof plannedFile>;

/** Which files become a base model. It is kept beside an unfinished download, and goes with the finished one. */
export const downloadPlan = z.object({
  version: z.literal(1),
  repository: z.string(),
  /** As the user named it. */
  revision: z.string(),
  /** What it was when the listing was read; all files come from it. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  licence: z.string(),
  /** In the order of transfer. */
  files: z.array(plannedFile).min(1).max(200),
  /** For a repository of single files: the one that is the model. */
  singleFile: z.string().refine(isSafeName).optional(),
});

/** See {@link downloadPlan}. */
export type DownloadPlan = z.infer<typeof downloadPlan>;

/** Bytes of all files together. */
export function totalBytes(files: readonly { size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
