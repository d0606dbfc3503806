import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import { samplerTitles } from '../../src/common/samplerNames';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { attentionPathFor, saveAttention } from '../attention/attentionFile';
import { attentionPanel, type PanelOptions } from '../attention/panel';
import { pictureSheet, type SeededPicture } from './compareGrid';
import type { GeneratedPicture, GenerationRequest } from './generationRequest';
import type { GenerationParameters } from './parameters';
import { resizePicture, savePicture } from './png';

/** Where and how pictures are kept. */
export interface SaveOptions {
  folder: string;
  request: GenerationRequest;
  /** The model's name in the A1111 text. */
  model?: string;
  /** Further A1111 fields, such as the delta's name and strength. */
  extra?: GenerationParameters['extra'];
  /** Further fields of the product's own record, such as fingerprints and provenance. */
  record?: Readonly<Record<string, unknown>>;
  /** An overlay panel beside each picture that has attention maps. */
  overlays?: PanelOptions;
  /** A labelled sheet of the pictures (the first 100) at the end. */
  grid?: boolean;
  /** Starts at 0001 and replaces what is there; otherwise numbers go on after those in the folder. */
  replace?: boolean;
  /** Called when a picture and everything beside it is on disk. */
  onSaved?(saved: SavedPicture): void;
}

/** The files of one picture. */
export interface SavedPicture {
  seed: number;
  path: string;
  attentionPath?: string;
  overlayPath?: string;
}

/** What came of a request. */
export interface SavedPictures {
  pictures: SavedPicture[];
  gridPath?: string;
}

/** The longer side of the small copies kept for the grid. */
const THUMBNAIL = 320;
/** More pictures than this do not make a sheet anyone can look at. */
const MOST_IN_GRID = 100;

/**
 * Writes pictures as they arrive: `0001-<seed>.png` with the A1111 text and the product's record, its
 * `.attention.safetensors`, its `.attention.png` panel, and last `grid-0001.png`. Nothing of a picture but a small copy stays in
 * memory. When the source fails or is cancelled, what is finished stays on disk and the error goes on.
 * @throws ProductError `disk-full`, `bad-input` when the folder cannot be written, or what the source throws.
 */
export async function savePictures(
  pictures: AsyncIterable<GeneratedPicture> | Iterable<GeneratedPicture>,
  options: SaveOptions,
): Promise<SavedPictures> {
  const { folder } = options;
  await makeFolder(folder);
  const first = options.replace ? 1 : await nextNumber(folder);
  const saved: SavedPicture[] = [];
  const small: SeededPicture[] = [];
  for await (const picture of pictures) {
    const stem = join(folder, `${numbered(first + saved.length)}-${picture.seed}`);
    const files = await saveOne(stem, picture, options);
    saved.push(files);
    if (options.grid && small.length < MOST_IN_GRID) small.push(await smallCopy(picture));
    options.onSaved?.(files);
  }
  if (!options.grid || small.length === 0) return { pictures: saved };
  const gridPath = join(folder, `grid-${numbered(first)}.png`);
  const shown = saved.length > small.length ? `The first ${small.length} of ${saved.length}. ` : '';
  const look = { title: options.request.prompt, footer: shown + describeRequest(options) };
  await atomicWrite(gridPath, await pictureSheet(small, look));
  return { pictures: saved, gridPath };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EEXIST', 'ENOTDIR'].includes(code)) throw asDiskError(error, folder);
    throw new ProductError('bad-input', folder, 'is a file, or lies below one', 'Choose another folder');
  }
}

async function saveOne(stem: string, picture: GeneratedPicture, options: SaveOptions): Promise<SavedPicture> {
  const { image, attention, seed, words } = picture;
  const { prompt } = options.request;
  const path = `${stem}.png`;
  const files: SavedPicture = { seed, path };
  // The picture comes last: whoever sees it finds its maps.
  if (attention) {
    files.attentionPath = attentionPathFor(path);
    const size = { width: image.width, height: image.height };
    await saveAttention(files.attentionPath, { aggregate: attention, prompt, words, picture: size });
  }
  if (attention && options.overlays && words.some((word) => options.overlays?.includeSpecial || !word.isSpecial)) {
    files.overlayPath = `${stem}.attention.png`;
    await atomicWrite(
      files.overlayPath,
      await attentionPanel(image, attention.mean, words, { title: prompt, ...options.overlays }),
    );
  }
  await savePicture(path, image, { parameters: parametersOf(picture, options), record: recordOf(picture, options) });
  return files;
}

function parametersOf({ seed }: GeneratedPicture, { request, model, extra }: SaveOptions): GenerationParameters {
  const { prompt, negativePrompt, steps, guidanceScale, width, height, scheduler, eta } = request;
  return {
    prompt,
    ...(negativePrompt ? { negativePrompt } : {}),
    steps,
    sampler: samplerTitles[scheduler],
    guidanceScale,
    seed,
    width,
    height,
    ...(model ? { model } : {}),
    extra: { ...(eta ? { Eta: eta } : {}), ...extra },
  };
}

/** Everything needed to make the picture again. */
function recordOf({ seed }: GeneratedPicture, { request, model, record }: SaveOptions): Record<string, unknown> {
  const { prompt, negativePrompt, width, height, steps, scheduler, guidanceScale, eta } = request;
  const made = { prompt, negativePrompt, seed, width, height, steps, scheduler, guidanceScale, eta };
  return { format: 'custom-diffusion-picture-1', ...made, model, ...record };
}

function describeRequest({ request, model }: SaveOptions): string {
  const { scheduler, steps, guidanceScale, negativePrompt } = request;
  const negative = negativePrompt ? `, negative: ${negativePrompt}` : '';
  return `${model ? `${model}, ` : ''}${samplerTitles[scheduler]}, ${steps} steps, guidance ${guidanceScale}${negative}`;
}

/** A copy small enough to keep for a grid. */
export async function smallCopy({ seed, image }: GeneratedPicture): Promise<SeededPicture> {
  const scale = Math.min(1, THUMBNAIL / Math.max(image.width, image.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { seed, image: await resizePicture(image, side(image.width), side(image.height)) };
}

/** One more than the highest number in the folder. */
async function nextNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(/^(\d{4,9})-/.exec(name)?.[1] ?? 0));
  return numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1;
}

function numbered(number: number): string {
  return String(number).padStart(4, '0');
}
