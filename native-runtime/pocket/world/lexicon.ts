import {
  ACCESSORIES,
  COATS,
  PATTERNS,
  SPECIES,
  type Accessory,
  type Background,
  type Coat,
  type Pattern,
} from './scene';

/** How each background is said. */
export const BACKGROUND_PHRASES: Record<Background, readonly string[]> = {
  grass: ['on grass', 'on the grass'],
  beach: ['on the beach', 'on a beach'],
  snow: ['in the snow', 'in snow'],
  room: ['in a room', 'in the room'],
};

/** What comes before a caption when the subject is shown small, or fills the picture. */
export const SIZE_PREFIXES: Record<'small' | 'large', readonly string[]> = {
  small: ['very small', 'far away', 'a far away'],
  large: ['zoomed in', 'close up'],
};

const PATTERN_WORDS: Partial<Record<Pattern, string>> = { spots: 'spotted', stripes: 'striped', patch: 'patched' };

/** The word for a coat, or nothing when captions have none. */
export function coatWord(coat: Coat): string {
  return COATS.some((known) => known === coat) ? coat : '';
}

/** The word for a pattern, or nothing for a plain coat and for markings without a word. */
export function patternWord(pattern: Pattern): string {
  return PATTERN_WORDS[pattern] ?? '';
}

/** `a hat`, or nothing when there is no accessory or no word for it. */
export function accessoryPhrase(accessory: Accessory): string {
  const known = accessory !== 'none' && ACCESSORIES.some((name) => name === accessory);
  return known ? `a ${accessory}` : '';
}

/** `a`, or `an` before a vowel. */
export function articleFor(word: string): 'a' | 'an' {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

/** Words that join the phrases of captions and prompts. */
const SENTENCE_WORDS = 'a an the photo painting of and with wearing next to two different animals'.split(' ');

/** Words that prompts use and captions do not: their meaning is untrained, but each is one piece. */
const PROMPT_WORDS = 'in on at or plain picture animal left right style small big one it is beside near'.split(' ');

/** Every word of the captions and the usual prompts, in lower case, and the punctuation between them; no duplicates. */
export const worldWords: readonly string[] = [
  ...new Set([
    ...SENTENCE_WORDS,
    ...SPECIES,
    ...COATS,
    ...PATTERNS.map(patternWord),
    ...ACCESSORIES.filter((accessory) => accessory !== 'none'),
    ...[...Object.values(BACKGROUND_PHRASES), ...Object.values(SIZE_PREFIXES)].flat().flatMap((p) => p.split(' ')),
    ...PROMPT_WORDS,
    ...[',', '.', '!', '?', '-'],
  ]),
].filter(Boolean);
