import type { PromptAnalysis } from '../../src/common/protocol/model';
import { tokenColour, TOKEN_COLOURS } from './colourSpans';

/** One word of a prompt with the tokens it is made of. */
export interface Chip {
  text: string;
  first: number;
  last: number;
  /** Tokens the word takes. */
  count: number;
  /** For learned tokens. */
  colour?: number;
}

/** Chips of an analysis, in the order of the prompt; learned tokens get the colours they have in the text. */
export function chipsOf({ tokens }: PromptAnalysis, known: readonly string[]): Chip[] {
  return tokens
    .filter(({ positions }) => positions.length > 0)
    .map(({ text, positions, isModifier }, index) => {
      const word = { text, first: Math.min(...positions), last: Math.max(...positions), count: positions.length };
      return isModifier ? { ...word, colour: tokenColour(text, known) ?? index % TOKEN_COLOURS } : word;
    });
}
