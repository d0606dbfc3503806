import { createHash } from 'node:crypto';
import { join, parse } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { listFolder } from './folderListing';
import { readImageFile } from './imageFile';
import type { ImageFormat } from './imageFormat';
import { inspectBytes } from './images';
import { measurePicture, type CheckedPicture, type PictureWarning } from './pictureHealth';

/** A picture that was read in full and can be used. */
export interface ScannedPicture extends CheckedPicture {
  path: string;
  format: ImageFormat;
}

/** A file that is not used, and why. */
export interface SkippedFile {
  file: string;
  reason: string;
  /** The user left it out, so it is no news. */
  isChosen?: boolean;
}

/** The pictures of one folder. */
export interface PictureScan {
  pictures: ScannedPicture[];
  skipped: SkippedFile[];
  warnings: PictureWarning[];
  /** The `.txt` files of the folder: name without extension → name. */
  textFiles: Map<string, string>;
}

/** How a folder is read. */
export interface ScanOptions {
  /** File names that the user left out; they are listed among the skipped. */
  exclude?: readonly string[];
  /** No more pictures than this are read, the first by name. */
  maxPictures?: number;
  /** Told after each file; `total` is the number of files to look at. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Pictures with a shorter side than this, in pixels, show nothing that could be learned. */
const smallestSide = 32;

/**
 * Reads every picture of a folder (not of the folders in it), in the order of their names; what cannot be used is listed with
 * the reason.
 * @throws ProductError when the folder cannot be read, or `cancelled`.
 */
export async function scanPictures(folder: string, options: ScanOptions = {}): Promise<PictureScan> {
  const { files, linkedTo } = await listFolder(folder);
  const textFiles = new Map(files.filter((file) => /\.txt$/i.test(file)).map((file) => [parse(file).name, file]));
  const limit = options.maxPictures ?? 1000;
  const scan: PictureScan = { pictures: [], skipped: [], warnings: [], textFiles };
  const candidates = withoutExcluded(
    files.filter((file) => !/\.(txt|json)$/i.test(file)),
    options.exclude ?? [],
    scan,
  );
  if (linkedTo !== undefined) scan.warnings.push({ file: '', problem: `the folder is a link to ${linkedTo}` });
  for (const [i, file] of candidates.entries()) {
    if (options.signal?.aborted) throw new ProductError('cancelled', folder, 'stopped while reading pictures');
    if (scan.pictures.length === limit) {
      const problem = `only the first ${limit} pictures by name are used; ${candidates.length - i} files are left out`;
      scan.warnings.push({ file: '', problem });
      break;
    }
    await scanFile(folder, file, scan);
    options.onProgress?.(i + 1, candidates.length);
  }
  return scan;
}

/** Notes what is left out, with its caption, and names that are not there: they may be spelled wrong. */
function withoutExcluded(files: readonly string[], exclude: readonly string[], scan: PictureScan): string[] {
  const left = new Set(exclude);
  for (const file of left) {
    if (files.includes(file)) scan.skipped.push({ file, reason: 'excluded by the configuration', isChosen: true });
    else scan.warnings.push({ file, problem: 'is excluded by the configuration but not there' });
    const stem = parse(file).name;
    if (!files.some((other) => !left.has(other) && parse(other).name === stem)) scan.textFiles.delete(stem);
  }
  return files.filter((file) => !left.has(file));
}

async function scanFile(folder: string, file: string, scan: PictureScan): Promise<void> {
  const path = join(folder, file);
  try {
    const bytes = await readImageFile(path);
    const { format, width, height, notices } = await inspectBytes(bytes, path);
    if (Math.min(width, height) < smallestSide)
      throw new ProductError('bad-image', path, `${width}×${height} pixels are too few to learn from`);
    const measures = await measurePicture(bytes, path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    scan.pictures.push({ path, file, format, width, height, sha256, ...measures });
    notices.forEach((problem) => scan.warnings.push({ file, problem }));
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
    scan.skipped.push({ file, reason: [error.problem, error.remedy].filter(Boolean).join('. ') });
  }
}
