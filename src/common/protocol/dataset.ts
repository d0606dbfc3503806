import * as z from 'zod';
import { float32Array } from './float32Array';

/** Something about one picture, or about the folder when `file` is empty. */
export const pictureRemark = z.object({ file: z.string(), problem: z.string() });

/** One picture of a concept folder as the dataset preview shows it. */
export const datasetPicture = z.object({
  /** Absolute path. */
  path: z.string(),
  file: z.string(),
  /** Pixels, upright. */
  width: z.number(),
  height: z.number(),
  /** A WebP of at most 320 pixels in the cache folder. */
  thumbnail: z.string(),
  /** The caption training will use, with `{}` where the modifier token and class noun go when it comes from the template. */
  caption: z.string(),
  captionSource: z.enum(['template', 'fileName', 'text']),
});

/** See {@link datasetPicture}. */
export type DatasetPicture = z.infer<typeof datasetPicture>;

/** What is in a concept folder. */
export const datasetScan = z.object({
  folder: z.string(),
  pictures: z.array(datasetPicture),
  /** Files that cannot be used, and why. */
  skipped: z.array(pictureRemark),
  /** Pictures that are used and have a fault: too small, doubled, blurred, not square. */
  warnings: z.array(pictureRemark),
});

/** See {@link datasetScan}. */
export type DatasetScan = z.infer<typeof datasetScan>;

/** One view of a picture as training sees it. */
export const augmentedView = z.object({
  /** A PNG of the view, at the training resolution. */
  picture: z.string(),
  /** The loss mask `[height, width]`, row by row: 1 where the error counts, 0 outside the picture. */
  mask: z.object({ height: z.int(), width: z.int(), data: float32Array }),
  band: z.enum(['small', 'plain', 'zoom']),
  flip: z.boolean(),
  /** The words put before the caption, such as "very small". */
  prefix: z.string(),
});

/** See {@link augmentedView}. */
export type AugmentedViewMessage = z.infer<typeof augmentedView>;
