import { ProductError } from '../../src/common/errors';
import { byteSymbols } from './byteSymbols';
import { wordEnd } from './bytePairEncoder';

/** Pairs of pieces that are joined, the first ones first. */
export type Merges = ReadonlyArray<readonly [string, string]>;

/**
 * The pieces and their ids, from the parsed `vocab.json`.
 * @throws ProductError `bad-file` when an id is not a whole number, occurs twice, or is missing between 0 and the last.
 */
export function readVocabulary(raw: Record<string, unknown>, path: string): Map<string, number> {
  const ids = new Map<string, number>();
  const pieces = new Map<number, string>();
  for (const [piece, id] of Object.entries(raw)) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw damaged(path, `the id of ${JSON.stringify(piece)} is not a whole number`);
    if (pieces.has(id))
      throw damaged(path, `${JSON.stringify(pieces.get(id))} and ${JSON.stringify(piece)} both have the id ${id}`);
    ids.set(piece, id);
    pieces.set(id, piece);
  }
  if (ids.size === 0) throw damaged(path, 'the vocabulary is empty');
  for (let id = 0; id < ids.size; id++)
    if (!pieces.has(id)) throw damaged(path, `no piece has the id ${id}, though there are ${ids.size} pieces`);
  return ids;
}

/**
 * The merges in the text of a `merges.txt`: a `#version` line, then one pair a line.
 * @throws ProductError `bad-file` with the line when one is not two pieces separated by a space.
 */
export function readMerges(text: string, path: string): Merges {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  return lines.flatMap((line, index) => (line.startsWith('#version') ? [] : [readPair(line, `${path}:${index + 1}`)]));
}

/** One merge, "left right". @throws ProductError `bad-file`. */
export function readPair(line: string, where: string): readonly [string, string] {
  const [left, right, ...rest] = line.split(' ');
  if (!left || !right || rest.length > 0)
    throw damaged(where, `expected two pieces separated by a space, found ${JSON.stringify(line.slice(0, 100))}`);
  return [left, right];
}

/**
 * Checks that vocabulary and merges belong together: a merge joins known pieces into a known piece, none is given twice, and
 * each piece longer than a symbol is made by a merge. A merge list cut short would otherwise silently give other ids.
 * @throws ProductError `bad-file`.
 */
export function checkMerges(
  vocabulary: ReadonlyMap<string, number>,
  merges: Merges,
  whole: ReadonlySet<string>,
  path: string,
): void {
  const pairs = new Set<string>();
  const made = new Set<string>(byteSymbols.flatMap((symbol) => [symbol, symbol + wordEnd]));
  for (const [left, right] of merges) {
    const pair = `${left} ${right}`;
    if (pairs.has(pair)) throw damaged(path, `the merge ${JSON.stringify(pair)} occurs twice`);
    pairs.add(pair);
    for (const piece of [left, right, left + right])
      if (!vocabulary.has(piece))
        throw damaged(path, `the merge ${JSON.stringify(pair)} needs ${JSON.stringify(piece)}, which has no id`);
    made.add(left + right);
  }
  for (const piece of vocabulary.keys())
    if (!made.has(piece) && !whole.has(piece))
      throw damaged(path, `no merge makes the piece ${JSON.stringify(piece)}; the list of merges is incomplete`);
}

function damaged(where: string, problem: string): ProductError {
  return new ProductError('bad-file', where, problem, 'The tokenizer is damaged: download its files again');
}
