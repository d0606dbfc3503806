import type { ModelOption } from '../../src/common/webview/promptForm';

/** Something that can be inserted at the caret. */
export interface Completion {
  insert: string;
  /** What it is. */
  kind: 'token' | 'tokenWithNoun' | 'noun';
  token: string;
  classNoun?: string;
}

/** What can be inserted, and the part of the text it replaces. */
export interface Completions {
  from: number;
  to: number;
  options: Completion[];
}

type Vocabulary = ModelOption['tokens'];

/**
 * What to suggest at the caret: behind `<` the learned tokens, alone and with their class noun; behind a learned token
 * its class noun. Nothing elsewhere.
 */
export function completionsAt(text: string, caret: number, vocabulary: Vocabulary): Completions | undefined {
  const before = text.slice(0, caret);
  const found = tokensAt(text, before, vocabulary) ?? nounAt(text, before, vocabulary);
  return found && found.options.length > 0 ? found : undefined;
}

function tokensAt(text: string, before: string, vocabulary: Vocabulary): Completions | undefined {
  const open = /<[\p{L}\p{N}_-]*$/u.exec(before);
  if (!open) return undefined;
  const written = open[0].toLowerCase();
  // The rest of a token that the caret stands in is replaced as well.
  const rest = /^[\p{L}\p{N}_-]*>?/u.exec(text.slice(before.length))![0];
  const to = before.length + rest.length;
  const nounFollows = (noun: string) => new RegExp(`^\\s+${escapePattern(noun)}\\b`, 'iu').test(text.slice(to));
  const options = vocabulary
    .filter((entry) => fits(entry, written))
    .flatMap(({ token, classNoun }): Completion[] => {
      const alone: Completion = { insert: token, kind: 'token', token, ...(classNoun ? { classNoun } : {}) };
      if (!classNoun || nounFollows(classNoun)) return [alone];
      return [{ insert: `${token} ${classNoun}`, kind: 'tokenWithNoun', token, classNoun }, alone];
    });
  return { from: open.index, to, options };
}

/** `<c` finds the tokens of cats as well as those that begin with c. */
function fits({ token, classNoun }: Vocabulary[number], written: string): boolean {
  return token.toLowerCase().startsWith(written) || (classNoun ?? '').toLowerCase().startsWith(written.slice(1));
}

function nounAt(text: string, before: string, vocabulary: Vocabulary): Completions | undefined {
  const after = /(<[\p{L}\p{N}_-]+>)\s+(\p{L}*)$/u.exec(before);
  const token = after?.[1]?.toLowerCase();
  const entry = vocabulary.find((one) => one.token.toLowerCase() === token);
  if (!after || !entry?.classNoun) return undefined;
  const written = after[2]!;
  const rest = /^\p{L}*/u.exec(text.slice(before.length))![0];
  const noun = entry.classNoun;
  if (!noun.toLowerCase().startsWith(written.toLowerCase()) || noun.toLowerCase() === (written + rest).toLowerCase())
    return undefined;
  const to = before.length + (noun.toLowerCase().startsWith((written + rest).toLowerCase()) ? rest.length : 0);
  // A word that stands there already says that another one is meant.
  if (written === '' && rest !== '') return undefined;
  return {
    from: before.length - written.length,
    to,
    options: [{ insert: noun, kind: 'noun', token: entry.token, classNoun: noun }],
  };
}

/** The text with a completion in place, and where the caret goes. */
export function applyCompletion(
  text: string,
  { from, to }: Completions,
  { insert }: Completion,
): { text: string; caret: number } {
  const rest = text.slice(to);
  const gap = rest !== '' && /^[\p{L}\p{N}<]/u.test(rest) ? ' ' : '';
  return { text: text.slice(0, from) + insert + gap + rest, caret: from + insert.length + gap.length };
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
