import { ProductError } from '../../src/common/errors';
import { promptLength, type ClipTokenizer } from './clipTokenizer';

const lower = (text: string) => text.toLowerCase();

/**
 * Refuses a prompt whose modifier tokens do not all fit into the 75 positions: cut off, they would have no effect.
 * @throws ProductError `bad-token`.
 */
export function requireModifiersFit(tokenizer: ClipTokenizer, prompt: string, where: string): void {
  // Tokens are found in any case of letters, and pieces are in lower case.
  const modifiers = new Set(tokenizer.modifierTokens.map(lower));
  const cutOff = tokenizer
    .pieces(prompt)
    .slice(promptLength - 2)
    .find((piece) => modifiers.has(lower(piece)));
  if (cutOff !== undefined)
    throw new ProductError(
      'bad-token',
      where,
      `${cutOff} comes after the ${promptLength - 2} tokens that the model reads`,
      'Shorten the prompt or move the token forward',
    );
}

/**
 * Refuses an instance prompt that lacks one of a concept's modifier tokens: nothing would be learned for it.
 * @throws ProductError `bad-token`.
 */
export function requireModifiersPresent(
  tokenizer: ClipTokenizer,
  prompt: string,
  tokens: readonly string[],
  where: string,
): void {
  requireModifiersFit(tokenizer, prompt, where);
  const present = new Set(tokenizer.pieces(prompt).map(lower));
  const missing = tokens.filter((token) => !present.has(lower(token)));
  if (missing.length > 0)
    throw new ProductError(
      'bad-token',
      where,
      `the prompt ${JSON.stringify(prompt.slice(0, 100))} does not contain ${missing.join(', ')}, so nothing would be learned`,
      `Write it before the class noun, as in "photo of a ${missing[0]} cat"`,
    );
}
