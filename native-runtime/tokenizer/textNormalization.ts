import { inertUntilUnicode9, symbolsUntilUnicode16 } from './unicodeVersions';

/**
 * How a text is cleaned and cut into words before byte-level BPE, as CLIP's published tokenizer does it: composed (NFC), each run of
 * white space made one space, lower case, then words, single digits and runs of other symbols.
 */

// Unicode's White_Space property. JavaScript's \s differs: it lacks U+0085 and has U+FEFF.
const whiteSpace = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const inert = new RegExp(`([${inertUntilUnicode9}])`, 'v');

/** The text in the form in which words and added tokens are looked for. Lone surrogates become U+FFFD. */
export function normalizeText(text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
  const composed = wellFormed.split(inert).map(compose).join('').replace(whiteSpace, ' ');
  // Character by character: the lower case of a whole string would turn the last sigma of a word into its final form.
  return Array.from(composed, (character) => character.toLowerCase()).join('');
}

function compose(text: string): string {
  return text.normalize('NFC');
}

const letter = `[\\p{L}--[${symbolsUntilUnicode16}]]`;
const number = `[\\p{N}--[${symbolsUntilUnicode16}]]`;
const symbol = `[[^ \\p{L}\\p{N}][${symbolsUntilUnicode16}]]`;
const contraction = "'s|'t|'re|'ve|'m|'ll|'d";
const word = new RegExp(`<\\|startoftext\\|>|<\\|endoftext\\|>|${contraction}|${letter}+|${number}|${symbol}+`, 'gv');
// The byte-level stage cuts once more; only the two marker texts have anything left to cut.
const part = new RegExp(`${contraction}|${letter}+|${number}+|${symbol}+`, 'gv');

/** The words of a normalised text; spaces are dropped. */
export function splitWords(normalized: string): string[] {
  return (normalized.match(word) ?? []).flatMap((piece) => piece.match(part) ?? []);
}
