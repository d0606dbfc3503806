import { basename } from 'node:path';

/**
 * What a folder's name says its pictures show: the last word of letters. "mochi-cat" is a cat, "MyTeddy_02" a teddy;
 * empty when the name has no letters.
 */
export function guessClassNoun(folder: string): string {
  const words = basename(folder)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .match(/[\p{L}\p{M}]+/gu);
  return words?.at(-1)?.toLowerCase() ?? '';
}
