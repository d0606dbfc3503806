import { ProductError } from '../errors';

const maxCharacters = 4_000_000;
const maxDepth = 64;

/**
 * Reads a JSON document strictly (RFC 8259) and says where it is wrong. Unlike `JSON.parse` it refuses a key given twice,
 * and every error carries its line and column.
 * @param source the file's name, for messages
 * @throws ProductError `bad-config` at `source:line:column`.
 */
export function parseJsonText(text: string, source: string): unknown {
  if (text.length > maxCharacters)
    throw new ProductError(
      'bad-config',
      source,
      `the document has ${text.length} characters`,
      `A configuration may have ${maxCharacters}; is this the right file?`,
    );
  return new JsonReader(text, source).document();
}

const escapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly source: string,
  ) {}

  document(): unknown {
    if (this.text.charCodeAt(0) === 0xfeff)
      this.fail('the file begins with a byte order mark', 'Save it as UTF-8 without one');
    this.space();
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.fail(`${this.here()} follows the end of the document`, 'Remove it');
    return value;
  }

  private value(depth: number): unknown {
    if (depth > maxDepth) this.fail('brackets are nested too deeply');
    const c = this.text[this.at];
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"') return this.string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    return this.number();
  }

  private object(depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    this.at++;
    this.space();
    if (this.take('}')) return out;
    do {
      this.space();
      const start = this.at;
      if (this.text[this.at] !== '"') this.fail(`a name in double quotes is expected, not ${this.here()}`, this.hint());
      const key = this.string();
      if (Object.hasOwn(out, key)) this.fail(`"${key}" is given twice`, 'Keep one of them', start);
      this.space();
      if (!this.take(':')) this.fail(`":" is expected after "${key}", not ${this.here()}`);
      this.space();
      // Defined, not assigned: "__proto__" is a name like any other.
      const value = this.value(depth + 1);
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
      this.space();
    } while (this.take(','));
    if (!this.take('}')) this.fail(`"," or "}" is expected, not ${this.here()}`, this.hint());
    return out;
  }

  private array(depth: number): unknown[] {
    const out: unknown[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return out;
    do {
      this.space();
      out.push(this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) this.fail(`"," or "]" is expected, not ${this.here()}`, this.hint());
    return out;
  }

  private string(): string {
    const start = this.at++;
    let out = '';
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || c === '\n' || c === '\r') this.fail('a text is not closed', 'Add the missing "', start);
      if (c < ' ') this.fail('a text holds a control character', 'Write it as \\u00XX');
      this.at++;
      if (c === '"') return out;
      out += c === '\\' ? this.escape() : c;
    }
  }

  private escape(): string {
    const c = this.text[this.at++] ?? '';
    const simple = escapes[c];
    if (simple !== undefined) return simple;
    const digits = /^[0-9a-fA-F]{4}/.exec(this.text.slice(this.at, this.at + 4));
    if (c !== 'u' || !digits)
      this.fail(`\\${c} is not an escape of JSON`, 'A backslash is written \\\\ (or use /)', this.at - 2);
    this.at += 4;
    return String.fromCharCode(parseInt(digits[0], 16));
  }

  private number(): number {
    const number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    number.lastIndex = this.at;
    const found = number.exec(this.text)?.[0];
    if (found === undefined) this.fail(`a value is expected, not ${this.here()}`, this.hint());
    this.at += found.length;
    return Number(found);
  }

  private space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private take(c: string): boolean {
    if (this.text[this.at] !== c) return false;
    this.at++;
    return true;
  }

  private here(): string {
    const word = /[A-Za-z_]+|\/[/*]|[^]/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    return found === undefined ? 'the end of the file' : JSON.stringify(found);
  }

  /** What to do about the usual departures from JSON. */
  private hint(): string {
    const rest = this.text.slice(this.at, this.at + 9);
    const before = this.text.slice(0, this.at).trimEnd();
    if (/^\/[/*]|^#/.test(rest)) return 'JSON has no comments; remove it';
    if (/^'/.test(rest)) return 'Use double quotes';
    if (/^(NaN|-?Infinity)/.test(rest)) return 'JSON knows finite numbers only';
    if (/^[\]}]/.test(rest) && before.endsWith(',')) return 'Remove the comma before it';
    return '';
  }

  private fail(problem: string, remedy = '', at = this.at): never {
    const before = this.text.slice(0, at).split(/\r\n|\r|\n/);
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    throw new ProductError('bad-config', `${this.source}:${line}:${column}`, problem, remedy);
  }
}
