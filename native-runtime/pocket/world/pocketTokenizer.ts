import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../../atomicWrite';
import { wordEnd } from '../../tokenizer/bytePairEncoder';
import { byteSymbols, toByteSymbols } from '../../tokenizer/byteSymbols';
import { worldWords } from './lexicon';

/** Pieces that the method's default initialisers name; modifier tokens start as copies of them. */
const INITIALISERS = ['ktn', 'pll', 'ucd'];
const START = '<|startoftext|>';
const END = '<|endoftext|>';
const PROMPT_LENGTH = 77;

type Pair = readonly [string, string];

/** A byte-pair vocabulary in CLIP's format: pieces in the order of their ids, and merges in the order of their ranks. */
export interface PocketVocabulary {
  pieces: string[];
  merges: Pair[];
}

/**
 * The vocabulary in which each word of the world is one piece, and each default initialiser is one piece both inside a word and at
 * its end. Ids: 256 byte symbols, the same at a word's end, one for each merge, start, end.
 */
export function pocketVocabulary(words: readonly string[] = worldWords): PocketVocabulary {
  const sequences = [...words, ...INITIALISERS].map(symbolsOf);
  const merges = greedyMerges([...sequences, ...INITIALISERS.map(toByteSymbols)]);
  const symbols = symbolsInClipOrder();
  const pieces = [...symbols, ...symbols.map((s) => s + wordEnd), ...merges.map((pair) => pair.join('')), START, END];
  return { pieces: [...new Set(pieces)], merges };
}

/** Writes the tokenizer folder of the pocket model; padding is the end token. Returns the number of pieces. */
export async function writePocketTokenizer(folder: string): Promise<number> {
  const { pieces, merges } = pocketVocabulary();
  const tokens = {
    bos_token: specialToken(START),
    eos_token: specialToken(END),
    unk_token: specialToken(END),
    pad_token: END,
  };
  const config = {
    tokenizer_class: 'CLIPTokenizer',
    model_max_length: PROMPT_LENGTH,
    do_lower_case: true,
    add_prefix_space: false,
    errors: 'replace',
    ...tokens,
  };
  await mkdir(folder, { recursive: true });
  const ids = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  await atomicWrite(join(folder, 'vocab.json'), JSON.stringify(ids));
  await atomicWrite(
    join(folder, 'merges.txt'),
    ['#version: 0.2', ...merges.map((pair) => pair.join(' ')), ''].join('\n'),
  );
  await atomicWrite(join(folder, 'special_tokens_map.json'), JSON.stringify(tokens, null, 2));
  await atomicWrite(join(folder, 'tokenizer_config.json'), JSON.stringify(config, null, 2));
  return pieces.length;
}

/** A word's byte symbols, the last one marked as the word's end. */
function symbolsOf(word: string): string[] {
  const symbols = toByteSymbols(word);
  return [...symbols.slice(0, -1), symbols.at(-1)! + wordEnd];
}

/** Joins the most frequent neighbours until every sequence is one piece; of equally frequent pairs, the first in code order. */
function greedyMerges(sequences: string[][]): Pair[] {
  const merges: Pair[] = [];
  for (let words = sequences; ;) {
    const best = mostFrequentPair(words);
    if (!best) return merges;
    merges.push(best);
    words = words.map((word) => joinPair(word, best));
  }
}

function mostFrequentPair(words: readonly string[][]): Pair | undefined {
  const counts = new Map<string, number>();
  for (const word of words)
    for (let i = 0; i + 1 < word.length; i++) {
      const key = `${word[i]} ${word[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best && (best[0].split(' ') as unknown as Pair);
}

function joinPair(word: readonly string[], [left, right]: Pair): string[] {
  const joined: string[] = [];
  for (let i = 0; i < word.length; i++) {
    const fits = word[i] === left && word[i + 1] === right;
    joined.push(fits ? left + right : word[i]!);
    if (fits) i++;
  }
  return joined;
}

/** Bytes that stand for themselves come first, then the others, as in every CLIP vocabulary. */
function symbolsInClipOrder(): string[] {
  const standsForItself = (symbol: string) => symbol.charCodeAt(0) < 0x100;
  return [...byteSymbols.filter(standsForItself), ...byteSymbols.filter((symbol) => !standsForItself(symbol))];
}

function specialToken(content: string): Record<string, unknown> {
  return { content, lstrip: false, normalized: true, rstrip: false, single_word: false };
}
