/**
 * A prompt without learned tokens, for the base model, which does not know them: `photo of a <new1> cat` becomes
 * `photo of a cat`. Tokens are found in any case of letters, the longest first.
 */
export function plainPrompt(prompt: string, modifierTokens: readonly string[]): string {
  const longestFirst = [...modifierTokens].sort((a, b) => b.length - a.length);
  return longestFirst
    .reduce((text, token) => text.replace(new RegExp(`${escapePattern(token)}\\s*`, 'giu'), ''), prompt)
    .trim();
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
