import { toByteSymbols } from './byteSymbols';

/** Added to the last symbol of a word, so that pieces which end a word differ from those inside one. */
export const wordEnd = '</w>';

const cacheLimit = 10_000;

/** Byte-level byte pair encoding of single words (Sennrich et al., 2016), with the end of a word marked by `</w>`. */
export class BytePairEncoder {
  private readonly ranks = new Map<string, number>();
  private readonly cache = new Map<string, readonly string[]>();

  /** `merges`: pairs of pieces, the most frequent first. */
  constructor(merges: ReadonlyArray<readonly [string, string]>) {
    merges.forEach(([left, right], rank) => this.ranks.set(`${left} ${right}`, rank));
  }

  /** The pieces of one word of normalised text. */
  encodeWord(word: string): readonly string[] {
    const known = this.cache.get(word);
    if (known) return known;
    const pieces = this.merge(toByteSymbols(word));
    if (this.cache.size >= cacheLimit) this.cache.clear();
    this.cache.set(word, pieces);
    return pieces;
  }

  private merge(symbols: string[]): string[] {
    let pieces = symbols;
    if (pieces.length > 0) pieces[pieces.length - 1] += wordEnd;
    for (;;) {
      const best = this.lowestRank(pieces);
      if (best === undefined) return pieces;
      pieces = joinAll(pieces, best[0], best[1]);
    }
  }

  private lowestRank(pieces: readonly string[]): readonly [string, string] | undefined {
    let lowest = Infinity;
    let pair: readonly [string, string] | undefined;
    for (let i = 0; i + 1 < pieces.length; i++) {
      const rank = this.ranks.get(`${pieces[i]} ${pieces[i + 1]}`) ?? Infinity;
      if (rank >= lowest) continue;
      lowest = rank;
      pair = [pieces[i]!, pieces[i + 1]!];
    }
    return pair;
  }
}

/** Joins every occurrence of the pair, from the left. */
function joinAll(pieces: readonly string[], left: string, right: string): string[] {
  const joined: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const isPair = pieces[i] === left && pieces[i + 1] === right;
    joined.push(isPair ? left + right : pieces[i]!);
    if (isPair) i++;
  }
  return joined;
}
