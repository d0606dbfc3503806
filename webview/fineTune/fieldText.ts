/** What a field's text means: one line, numbers, or lists of these. */
export type TextKind = 'text' | 'number' | 'lines' | 'numbers';

/** What a text field shows for a value; values of the wrong kind are shown so that they can be put right. */
export function textOf(value: unknown, kind: TextKind): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => textOf(item, 'text')).join(kind === 'lines' ? '\n' : ', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The value that a text means; undefined when it is empty, so that the default holds. What is no number stays a text,
 * and the check of the configuration says what is wrong with it.
 */
export function valueOf(text: string, kind: TextKind): unknown {
  if (text.trim() === '') return undefined;
  switch (kind) {
    case 'text':
      return text;
    case 'number':
      return numberOrText(text);
    case 'lines':
      return text.split('\n').filter((line) => line.trim() !== '');
    case 'numbers':
      return text
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map(numberOrText);
  }
}

/** Whether a text already says a value, so that "1." is not rewritten while somebody types. */
export function says(text: string, value: unknown, kind: TextKind): boolean {
  return JSON.stringify(valueOf(text, kind)) === JSON.stringify(value);
}

function numberOrText(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text.trim();
}
