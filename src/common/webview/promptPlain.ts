import type { ModelOption } from './promptForm';

/** Finds modifier tokens such as `<new1>`. */
export const MODIFIER_TOKEN = /<[\p{L}\p{N}_-]+>/gu;

/**
 * The prompt as a model can be asked it: tokens that another model has learned and this one has not are left out, so
 * that base and tuned can be compared. Tokens nobody knows stay, and are refused by the runtime.
 */
export function withoutUnknownTokens(prompt: string, model: ModelOption, models: readonly ModelOption[]): string {
  const known = lowerTokens([model]);
  const elsewhere = lowerTokens(models);
  return prompt
    .replace(/<[\p{L}\p{N}_-]+>\s*/gu, (match) => {
      const token = match.trim().toLowerCase();
      return !known.has(token) && elsewhere.has(token) ? '' : match;
    })
    .trim();
}

function lowerTokens(models: readonly ModelOption[]): Set<string> {
  return new Set(models.flatMap(({ tokens }) => tokens.map(({ token }) => token.toLowerCase())));
}
