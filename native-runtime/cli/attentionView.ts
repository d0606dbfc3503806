import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { ComputedOn } from '../../src/common/protocol/device';
import { asDiskError, atomicWrite } from '../atomicWrite';
import type { AttentionAggregate, AttentionMaps } from '../attention/aggregate';
import type { SavedAttention } from '../attention/attentionFile';
import { commonRange } from '../../src/common/attention/heat';
import type { OverlayStyle } from '../../src/common/attention/shading';
import { drawOverlay } from '../attention/overlay';
import { attentionPanel } from '../attention/panel';
import { massTable, overlap, wordMaps, type WordGroup } from '../../src/common/attention/words';
import { encodePng, type RgbImage } from '../sample/png';
import { chooseWords } from './wordChoice';

/** Which maps are shown and how. */
export interface AttentionView {
  words?: string[];
  style: OverlayStyle;
  opacity?: number;
  threshold?: number;
  scale: 'own' | 'common';
  /** Maps of one layer instead of the mean. */
  layer?: string;
  /** Maps of one sampling step, from 1, instead of the mean. */
  step?: number;
  special?: boolean;
  /** Folder for an overlay of each word. */
  each?: string;
  /** The sheet's file. */
  output?: string;
}

/** What was found and written. */
export interface AttentionResult {
  picture: string;
  prompt: string;
  sheet: string;
  /** Overlays of single words. */
  overlays: string[];
  /** Mean probability of each word's tokens over the picture. */
  words: { text: string; mass: number; isModifier: boolean }[];
  /** 1 for words that look at the same places, 0 for disjoint ones. */
  overlaps: { words: [string, string]; overlap: number }[];
  /** What the picture was looked at with; absent for saved maps. */
  computedOn?: ComputedOn;
}

/** Draws the sheet of a picture's maps, and single overlays where asked for. @throws ProductError naming the flag at fault. */
export async function showAttention(
  picture: string,
  image: RgbImage,
  saved: SavedAttention,
  view: AttentionView & { output: string },
): Promise<AttentionResult> {
  const maps = chosenMaps(saved.aggregate, view);
  const words = view.words
    ? chooseWords(saved.words, view.words)
    : saved.words.filter(({ isSpecial }) => view.special || !isSpecial);
  const { style, opacity, threshold, scale } = view;
  const note = [view.layer, view.step && `step ${view.step}`].filter(Boolean).join(', ');
  const panel = await attentionPanel(image, maps, words, {
    style,
    scale,
    title: saved.prompt,
    includeSpecial: true,
    ...(note ? { note: `${note}.` } : {}),
    ...(opacity === undefined ? {} : { opacity }),
    ...(threshold === undefined ? {} : { threshold }),
  });
  const sheet = resolve(view.output);
  await atomicWrite(sheet, panel).catch((error: unknown) => Promise.reject(asWriteError(error, sheet)));
  return {
    picture: resolve(picture),
    prompt: saved.prompt,
    sheet,
    overlays: view.each === undefined ? [] : await writeEach(resolve(view.each), image, maps, words, view),
    words: massTable(maps, words).map(({ text, mass, isModifier }) => ({ text, mass, isModifier })),
    overlaps: overlapsOf(maps, view.words ? words : words.filter(({ isModifier }) => isModifier)),
  };
}

function chosenMaps({ mean, perLayer, perStep }: AttentionAggregate, { layer, step }: AttentionView): AttentionMaps {
  if (layer !== undefined) {
    const found = perLayer.get(layer);
    if (found) return found;
    const names = [...perLayer.keys()];
    const remedy = names.length ? `There are: ${names.join(', ')}` : 'Make the picture with --attention layers';
    throw new ProductError('bad-input', '--layer', `there are no maps of "${layer}"`, remedy);
  }
  if (step === undefined) return mean;
  const found = perStep[step - 1];
  if (found) return found;
  const remedy = perStep.length ? `Steps are from 1 to ${perStep.length}` : 'Make the picture with --attention steps';
  throw new ProductError('bad-input', '--step', `there are no maps of step ${step}`, remedy);
}

async function writeEach(
  folder: string,
  image: RgbImage,
  maps: AttentionMaps,
  words: readonly WordGroup[],
  { style, opacity, threshold, scale }: AttentionView,
): Promise<string[]> {
  const found = wordMaps(maps, words);
  const range = scale === 'common' ? commonRange(found) : undefined;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => Promise.reject(asWriteError(error, folder)));
  const files: string[] = [];
  for (const [i, map] of found.entries()) {
    const overlay = await drawOverlay(image, map, { style, opacity, threshold, range });
    const name =
      map.word.text
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40) || 'word';
    const file = join(folder, `${String(i + 1).padStart(2, '0')}-${name}.png`);
    await atomicWrite(file, await encodePng(overlay));
    files.push(file);
  }
  return files;
}

function overlapsOf(maps: AttentionMaps, words: readonly WordGroup[]): AttentionResult['overlaps'] {
  const found = wordMaps(maps, words);
  return found.flatMap((a, i) =>
    found.slice(i + 1).map((b) => ({ words: [a.word.text, b.word.text] as [string, string], overlap: overlap(a, b) })),
  );
}

function asWriteError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR')
    return new ProductError('bad-input', path, 'cannot be written there', 'Choose a folder that exists');
  return asDiskError(error, path);
}
