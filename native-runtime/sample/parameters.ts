/** How a picture was made, as the A1111 web UI writes it down. */
export interface GenerationParameters {
  prompt: string;
  negativePrompt?: string;
  steps: number;
  /** The sampler's display name, e.g. `DDIM` or `DPM++ 2M`. */
  sampler: string;
  guidanceScale: number;
  seed: number;
  /** Pixels. */
  width: number;
  height: number;
  modelHash?: string;
  model?: string;
  /** Further fields, written after the known ones in this order. */
  extra?: Readonly<Record<string, string | number>>;
}

/** What `parseParameters` finds: the two prompts and every field as text, by its written name. */
export interface ParsedParameters {
  prompt: string;
  negativePrompt: string;
  fields: Map<string, string>;
}

/** Longest prompt kept in a picture's text, in UTF-16 units; the model reads far less of it. */
export const MAX_PROMPT_LENGTH = 16_384;

const NEGATIVE = 'Negative prompt:';

/**
 * The A1111 `parameters` text: the prompt, a line with the negative prompt when there is one, a line of fields.
 * Values with a comma, colon or line break are written as JSON strings, as the web UI does. No locale is involved.
 */
export function formatParameters(parameters: GenerationParameters): string {
  const { prompt, negativePrompt, extra } = parameters;
  const fields: [string, string | number | undefined][] = [
    ['Steps', parameters.steps],
    ['Sampler', parameters.sampler],
    ['CFG scale', parameters.guidanceScale],
    ['Seed', parameters.seed],
    ['Size', `${parameters.width}x${parameters.height}`],
    ['Model hash', parameters.modelHash],
    ['Model', parameters.model],
    ...Object.entries(extra ?? {}),
  ];
  const line = fields
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}: ${quoteField(shorten(String(value), 2048))}`)
    .join(', ');
  const negative = negativePrompt ? `\n${NEGATIVE} ${shorten(negativePrompt, MAX_PROMPT_LENGTH)}` : '';
  return `${shorten(prompt, MAX_PROMPT_LENGTH)}${negative}\n${line}`.trim();
}

/**
 * Reads a `parameters` text back. The layout cannot tell a field line inside a prompt from the real one; the last line
 * counts as fields when it holds `Steps:`, as in every text the web UI writes.
 */
export function parseParameters(text: string): ParsedParameters {
  const lines = text.split(/\r?\n/);
  const last = lines[lines.length - 1] ?? '';
  const fields = /(^|,\s*)Steps: /.test(last) ? parseFields(last) : new Map<string, string>();
  const prompts = fields.size > 0 ? lines.slice(0, -1) : lines;
  const start = prompts.findIndex((line) => line.startsWith(NEGATIVE));
  const positive = start < 0 ? prompts : prompts.slice(0, start);
  const negative = start < 0 ? [] : prompts.slice(start);
  return {
    prompt: positive.join('\n').trim(),
    negativePrompt: negative.join('\n').slice(NEGATIVE.length).trim(),
    fields,
  };
}

/** The text cut to at most `length` UTF-16 units; a cut text ends in three dots and never in half a character. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.charCodeAt(length - 4);
  const splits = end >= 0xd800 && end < 0xdc00;
  return `${text.slice(0, length - (splits ? 4 : 3))}...`;
}

function quoteField(value: string): string {
  return /[,:\n\r]/.test(value) ? JSON.stringify(value) : value;
}

function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of splitOutsideQuotes(line)) {
    const colon = part.indexOf(':');
    if (colon <= 0) continue;
    fields.set(part.slice(0, colon).trim(), unquoteField(part.slice(colon + 1).trim()));
  }
  return fields;
}

/** Splits at commas, but not at those inside a quoted value; one pass, whatever the text. */
function splitOutsideQuotes(line: string): string[] {
  const parts: string[] = [];
  let [start, quoted] = [0, false];
  for (let i = 0; i < line.length; i++) {
    if (quoted && line[i] === '\\') i++;
    else if (line[i] === '"') quoted = !quoted;
    else if (line[i] === ',' && !quoted) {
      parts.push(line.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, line.slice(start)];
}

function unquoteField(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}
