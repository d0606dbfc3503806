import type { PromptAnalysis } from '../../src/common/protocol/model';
import { promptLength, type ClipTokenizer } from '../tokenizer/clipTokenizer';

/** What a person should know of a prompt before pictures are made of it. */
export interface PromptContext {
  tokenizer: ClipTokenizer;
  /** Class noun of each modifier token, where it is known. */
  classNouns: ReadonlyMap<string, string>;
}

/** Takes a prompt apart as the model reads it. */
export function analysePrompt(prompt: string, { tokenizer, classNouns }: PromptContext): PromptAnalysis {
  const { tokenCount } = tokenizer.encode(prompt);
  const words = tokenizer.words(prompt);
  const cut = cutText(prompt, tokenizer);
  const warnings = [
    ...unknownTokens(prompt, tokenizer),
    ...withoutNoun(prompt, tokenizer, classNouns),
    ...(cut ? [`The model reads the first ${promptLength - 2} of ${tokenCount} tokens; cut off: "${cut}".`] : []),
  ];
  return {
    tokens: words.map(({ text, positions, isModifier }) => ({ text, positions, isModifier })),
    count: Math.min(tokenCount, promptLength - 2) + 2,
    positions: promptLength,
    cut,
    warnings,
  };
}

/** The end of the prompt that the model does not read, as typed, from the first word with a piece beyond the last position. */
function cutText(prompt: string, tokenizer: ClipTokenizer): string {
  if (!tokenizer.encode(prompt).truncated) return '';
  const breaks = [...prompt.matchAll(/\s+/gu)].map(({ index }) => index);
  // The longest beginning that fits ends at one of the gaps between words.
  let [fits, tooLong] = [0, breaks.length];
  while (fits < tooLong) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (tokenizer.encode(prompt.slice(0, breaks[middle])).truncated) tooLong = middle;
    else fits = middle + 1;
  }
  return prompt.slice(fits ? breaks[fits - 1] : 0).trim();
}

function unknownTokens(prompt: string, tokenizer: ClipTokenizer): string[] {
  const known = tokenizer.modifierTokens;
  const written = new Set(prompt.match(/<[\p{L}\p{N}_-]+>/gu) ?? []);
  // Learned tokens are found in any case of letters, so the tokenizer decides.
  const unknown = [...written].filter((token) => !tokenizer.words(token).some(({ isModifier }) => isModifier));
  const there = known.length ? `it knows ${known.join(', ')}` : 'it knows no learned tokens';
  return unknown.map((token) => `${token} is not a token this model has learned; ${there}.`);
}

/** A token was learned together with its class noun: without it the picture may show something else. */
function withoutNoun(prompt: string, tokenizer: ClipTokenizer, classNouns: ReadonlyMap<string, string>): string[] {
  const words = tokenizer.words(prompt);
  const missing = new Set<string>();
  words.forEach(({ text, isModifier }, i) => {
    const noun = isModifier ? classNouns.get(text) : undefined;
    if (noun === undefined) return;
    const wanted = tokenizer.words(noun).map((word) => word.text);
    const following = words.slice(i + 1, i + 1 + wanted.length).map((word) => word.text);
    if (following.join(' ') !== wanted.join(' '))
      missing.add(`${text} was learned as "${text} ${noun}"; write ${noun} after it.`);
  });
  return [...missing];
}
