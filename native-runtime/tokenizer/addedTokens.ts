import { normalizeText } from './textNormalization';

/** A token that is found in the text as a whole, before the text is cut into words. */
export interface AddedToken {
  content: string;
  id: number;
  /** Whether it is looked for in the normalised text (so in any case of letters) or in the text as typed. */
  normalized: boolean;
  /** BOS, EOS, padding: tokens of the model, as opposed to those of the user. */
  special: boolean;
}

/** A stretch of text: an added token, or normalised text between two of them. */
export type Segment = { token: AddedToken } | { text: string };

/** Finds added tokens in a text: first those matched as typed, then, in what lies between, those matched after normalisation. */
export class AddedTokens {
  private readonly byContent = new Map<string, AddedToken>();
  private typed: Matcher | undefined;
  private normalized: Matcher | undefined;

  constructor(tokens: Iterable<AddedToken> = []) {
    for (const token of tokens) this.byContent.set(token.content, token);
    this.rebuild();
  }

  /** Adds a token; one of the same content is replaced. */
  add(token: AddedToken): void {
    this.byContent.set(token.content, token);
    this.rebuild();
  }

  get(content: string): AddedToken | undefined {
    return this.byContent.get(content);
  }

  /** All tokens, in the order they were added. */
  all(): AddedToken[] {
    return [...this.byContent.values()];
  }

  /** The text as added tokens and normalised text, in order; empty stretches are left out. */
  split(text: string): Segment[] {
    return splitBy(this.typed, text).flatMap((segment) =>
      'token' in segment ? [segment] : splitBy(this.normalized, normalizeText(segment.text)),
    );
  }

  private rebuild(): void {
    const tokens = this.all();
    this.typed = makeMatcher(tokens.filter((t) => !t.normalized).map((t) => [t.content, t]));
    this.normalized = makeMatcher(tokens.filter((t) => t.normalized).map((t) => [normalizeText(t.content), t]));
  }
}

interface Matcher {
  pattern: RegExp;
  tokens: Map<string, AddedToken>;
}

function makeMatcher(entries: Array<[string, AddedToken]>): Matcher | undefined {
  const tokens = new Map(entries.filter(([text]) => text !== ''));
  if (tokens.size === 0) return undefined;
  // Longest first, so that of two tokens that begin alike the longer one is taken.
  const texts = [...tokens.keys()].sort((a, b) => b.length - a.length);
  const escaped = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return { pattern: new RegExp(escaped.join('|'), 'gu'), tokens };
}

function splitBy(matcher: Matcher | undefined, text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of matcher ? text.matchAll(matcher.pattern) : []) {
    if (match.index > end) segments.push({ text: text.slice(end, match.index) });
    segments.push({ token: matcher!.tokens.get(match[0])! });
    end = match.index + match[0].length;
  }
  if (end < text.length) segments.push({ text: text.slice(end) });
  return segments;
}
