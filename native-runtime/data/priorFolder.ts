import { ProductError } from '../../src/common/errors';
import type { PictureWarning } from './pictureHealth';
import { scanPictures, type ScannedPicture, type ScanOptions, type SkippedFile } from './pictureScan';

/** A folder of pictures of a class. */
export interface PriorFolder {
  folder: string;
  /** At least one, at most as many as wanted, in the order of their names. */
  pictures: ScannedPicture[];
  skipped: SkippedFile[];
  warnings: PictureWarning[];
}

/**
 * Reads the pictures that keep a class as it is.
 * @param wanted how many are used
 * @throws ProductError `not-found`, `bad-input` or `bad-image` when there is no picture that can be used.
 */
export async function readPriorFolder(folder: string, wanted: number, options: ScanOptions = {}): Promise<PriorFolder> {
  const scan = await scanPictures(folder, { ...options, maxPictures: wanted });
  const remedy = 'Put pictures of the class there, or let the base model draw them (prior kind "generated")';
  if (scan.pictures.length === 0)
    throw scan.skipped.length === 0
      ? new ProductError('bad-input', folder, 'the folder holds no prior pictures', remedy)
      : new ProductError('bad-image', folder, `none of ${scan.skipped.length} files can be used`, remedy);
  const { pictures, skipped } = scan;
  // Using only the first ones is what was asked for here.
  const warnings = scan.warnings.filter(({ problem }) => !problem.startsWith('only the first'));
  if (pictures.length < wanted)
    warnings.push({ file: '', problem: `there are ${pictures.length} prior pictures of the ${wanted} wanted` });
  return { folder, pictures, skipped, warnings };
}

/** Warnings for prior pictures that are pictures of the subject: they would teach that every cat is this cat. */
export function sharedPictureWarnings(
  instance: readonly ScannedPicture[],
  prior: readonly ScannedPicture[],
): PictureWarning[] {
  const subject = new Map(instance.map(({ sha256, file }) => [sha256, file]));
  return prior
    .filter(({ sha256 }) => subject.has(sha256))
    .map(({ file, sha256 }) => ({ file, problem: `is a picture of the subject (${subject.get(sha256)})` }));
}
