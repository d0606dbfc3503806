import { readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { captionFor, type Caption, type CaptionConcept } from './captions';
import { healthWarnings, type PictureWarning } from './pictureHealth';
import { scanPictures, type PictureScan, type ScannedPicture, type ScanOptions, type SkippedFile } from './pictureScan';

/** A picture of the subject with its caption. */
export interface ConceptPicture extends ScannedPicture {
  caption: string;
  captionSource: Caption['source'];
}

/** A concept's folder as it is used for training. */
export interface ConceptFolder {
  folder: string;
  /** In the order of their names. */
  pictures: ConceptPicture[];
  skipped: SkippedFile[];
  warnings: PictureWarning[];
}

const largestCaptionFile = 65_536;

/**
 * Reads the pictures of a concept with their captions, and checks them.
 * @param options.resolution the size of the training pictures in pixels, for the warning about enlargement
 * @throws ProductError `not-found`, `bad-input` when the folder is empty, `bad-image` when nothing in it can be used,
 * `bad-config` when a caption does not mention the subject.
 */
export async function readConceptFolder(
  folder: string,
  concept: CaptionConcept & Pick<ScanOptions, 'exclude'>,
  options: ScanOptions & { resolution?: number } = {},
): Promise<ConceptFolder> {
  const scan = await scanPictures(folder, { ...options, exclude: concept.exclude });
  const write = (stem: string, text?: string, textFile?: string) => captionFor(concept, stem, text, textFile);
  const found = await captionedFolder(folder, scan, write, { ...options, textOnly: concept.captions === 'text' });
  if (found.pictures.length === 0) throw nothingUsable(folder, scan);
  return found;
}

/** Gives a picture its caption: from its name without extension, and from the text of the file beside it, if there is one. */
export type CaptionWriter = (stem: string, text?: string, textFile?: string) => Caption;

/** How pictures are captioned and checked. */
export interface CaptioningOptions {
  /** Pictures without a caption file are left out. */
  textOnly: boolean;
  /** The size of the training pictures in pixels, for the warning about enlargement. */
  resolution?: number;
  /** Pictures that are shown but not used, so that nothing about them matters. */
  unused?: ReadonlySet<string>;
}

/**
 * The pictures of a scan with captions, and everything that is odd about them; there may be none.
 * @throws ProductError `bad-file` for a caption file that is no text, or what `write` throws
 */
export async function captionedFolder(
  folder: string,
  scan: PictureScan,
  write: CaptionWriter,
  { textOnly, resolution = 0, unused = new Set() }: CaptioningOptions,
): Promise<ConceptFolder> {
  const captioned: ConceptPicture[] = [];
  for (const picture of scan.pictures) {
    const found = await captionOf(picture, folder, scan, textOnly, write);
    if (found) captioned.push({ ...picture, caption: found.caption, captionSource: found.source });
  }
  const stems = new Set(captioned.map(({ file }) => parse(file).name));
  for (const [stem, file] of scan.textFiles)
    if (!stems.has(stem)) scan.skipped.push({ file, reason: 'a caption without a picture' });
  const used = captioned.filter(({ file }) => !unused.has(file));
  const warnings = [...scan.warnings, ...healthWarnings(used, resolution)].filter(({ file }) => !unused.has(file));
  if (used.length === 1)
    warnings.push({ file: '', problem: 'there is only one picture; 4 to 20 teach the subject and not the picture' });
  const skipped = scan.skipped.filter(({ file }) => !unused.has(file));
  return { folder, pictures: captioned, skipped, warnings };
}

async function captionOf(
  picture: ScannedPicture,
  folder: string,
  scan: PictureScan,
  textOnly: boolean,
  write: CaptionWriter,
): Promise<Caption | undefined> {
  const stem = parse(picture.file).name;
  const textFile = scan.textFiles.get(stem);
  const text = textFile === undefined ? '' : await readCaption(join(folder, textFile));
  if (textFile !== undefined && !text) scan.warnings.push({ file: textFile, problem: 'the caption is empty' });
  if (text) return write(stem, text, join(folder, textFile!));
  if (!textOnly) return write(stem);
  scan.skipped.push({ file: picture.file, reason: `there is no caption ${stem}.txt beside it` });
  return undefined;
}

/** The words of a caption file on one line. */
async function readCaption(path: string): Promise<string> {
  const info = await stat(path);
  if (!info.isFile() || info.size > largestCaptionFile)
    throw new ProductError('bad-file', path, 'this is not a caption', 'A caption is one line of text');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  } catch {
    throw new ProductError('bad-file', path, 'the caption is not UTF-8 text', 'Save it as UTF-8');
  }
}

function nothingUsable(folder: string, scan: PictureScan): ProductError {
  if (scan.skipped.length === 0)
    return new ProductError(
      'bad-input',
      folder,
      'the folder holds no pictures',
      'Put 4 to 20 pictures of the subject in it',
    );
  const examples = scan.skipped.slice(0, 3).map(({ file, reason }) => `${JSON.stringify(file)}: ${reason}`);
  const problem = `none of ${scan.skipped.length} files can be used (${examples.join('; ')})`;
  return new ProductError('bad-image', folder, problem, 'JPEG, PNG, WebP, AVIF and TIFF pictures are read');
}
