import { MODIFIER_TOKEN } from '../../src/common/webview/promptPlain';

/** A stretch of a prompt and how it is marked. */
export interface ColourSpan {
  text: string;
  kind: 'plain' | 'token' | 'unknown' | 'cut';
  /** Colour of a learned token. */
  colour?: number;
}

/** Colours that tokens take in turn. */
export const TOKEN_COLOURS = 6;

/** The colour of a learned token: its place in the model's list, else the order given. */
export function tokenColour(token: string, known: readonly string[]): number | undefined {
  const place = known.findIndex((one) => one.toLowerCase() === token.toLowerCase());
  return place < 0 ? undefined : place % TOKEN_COLOURS;
}

/**
 * Cuts a prompt into stretches for the layer below the text: learned tokens in their colours, tokens the model does not
 * know, and what lies behind the last position the model reads.
 * @param cut the end of the prompt that is not read
 */
export function colourSpans(prompt: string, known: readonly string[], cut = ''): ColourSpan[] {
  const end =
    cut !== '' && prompt.trimEnd().endsWith(cut.trimEnd())
      ? prompt.trimEnd().length - cut.trimEnd().length
      : prompt.length;
  const spans: ColourSpan[] = [];
  let position = 0;
  for (const match of prompt.slice(0, end).matchAll(MODIFIER_TOKEN)) {
    push(spans, { text: prompt.slice(position, match.index), kind: 'plain' });
    const colour = tokenColour(match[0], known);
    push(spans, colour === undefined ? { text: match[0], kind: 'unknown' } : { text: match[0], kind: 'token', colour });
    position = match.index + match[0].length;
  }
  push(spans, { text: prompt.slice(position, end), kind: 'plain' });
  push(spans, { text: prompt.slice(end), kind: 'cut' });
  return spans;
}

function push(spans: ColourSpan[], span: ColourSpan): void {
  if (span.text !== '') spans.push(span);
}
