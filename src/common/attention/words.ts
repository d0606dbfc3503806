import { ProductError } from '../errors';
import type { AttentionMaps } from './attentionMaps';

/** The pieces of one word of the prompt. */
export interface WordGroup {
  /** As a person would write it, e.g. `labradoodle` or `<new1>`. */
  text: string;
  /** Token positions in the model's context; 0 is the start token. */
  positions: readonly number[];
  /** True for learned tokens. */
  isModifier: boolean;
  /** True for start, end and padding, which overlays leave out unless asked. */
  isSpecial?: boolean;
}

/** A map of one word: `data` is `[height, width]`. */
export interface WordMap {
  word: WordGroup;
  height: number;
  width: number;
  data: Float32Array;
}

/** How much of the picture's attention a word gets. */
export interface WordMass {
  text: string;
  isModifier: boolean;
  /** Mean probability of the word's tokens over the picture; all 77 positions of a prompt add up to 1. */
  mass: number;
  /** The same for each of its positions. */
  pieces: { position: number; mass: number }[];
}

/**
 * A map per word: the mean over the maps of its pieces, as DAAM merges them.
 * @throws ProductError `bad-token` when a word has no position or one beyond the kept maps.
 */
export function wordMaps(maps: AttentionMaps, words: readonly WordGroup[]): WordMap[] {
  const size = maps.height * maps.width;
  return words.map((word) => {
    checkPositions(maps, word);
    const data = new Float32Array(size);
    for (const position of word.positions)
      for (let i = 0; i < size; i++) data[i]! += maps.data[position * size + i]! / word.positions.length;
    return { word, height: maps.height, width: maps.width, data };
  });
}

/**
 * Mean probabilities of words and their pieces.
 * @throws ProductError `bad-token` as `wordMaps`.
 */
export function massTable(maps: AttentionMaps, words: readonly WordGroup[]): WordMass[] {
  return words.map((word) => {
    checkPositions(maps, word);
    const pieces = word.positions.map((position) => ({ position, mass: tokenMass(maps, position) }));
    const mass = pieces.reduce((sum, piece) => sum + piece.mass, 0) / pieces.length;
    return { text: word.text, isModifier: word.isModifier, mass, pieces };
  });
}

/**
 * How much two maps look at the same place: Σ min / Σ max after each is scaled to a total of 1 (the Ruzicka
 * similarity). 1 for maps that differ only by a factor, 0 for disjoint ones and for a map of zeros.
 * @throws ProductError `internal` when the sizes differ.
 */
export function overlap(a: Pick<WordMap, 'data'>, b: Pick<WordMap, 'data'>): number {
  if (a.data.length !== b.data.length) throw new ProductError('internal', 'attention', 'the maps differ in size');
  const [totalA, totalB] = [total(a.data), total(b.data)];
  if (!(totalA > 0 && totalB > 0)) return 0;
  let [smaller, larger] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i]! / totalA, b.data[i]! / totalB];
    smaller += Math.min(x, y);
    larger += Math.max(x, y);
  }
  return smaller / larger;
}

function tokenMass(maps: AttentionMaps, position: number): number {
  const size = maps.height * maps.width;
  return total(maps.data.subarray(position * size, (position + 1) * size)) / size;
}

function total(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function checkPositions(maps: AttentionMaps, { text, positions }: WordGroup): void {
  if (positions.length === 0 || !positions.every((p) => Number.isInteger(p) && p >= 0 && p < maps.tokens))
    throw new ProductError(
      'bad-token',
      text,
      `has no attention map: its positions are [${positions.join(', ')}] and maps exist for 0 to ${maps.tokens - 1}`,
      'Shorten the prompt or choose another word',
    );
}
