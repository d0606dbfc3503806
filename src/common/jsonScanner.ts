/** A JSON value whose objects are Maps, so no key has a special meaning and the order is kept. */
export type JsonTree = null | boolean | number | string | JsonTree[] | Map<string, JsonTree>;

/** What a kind of document may hold. */
export interface JsonLimits {
  /** Brackets within brackets. */
  depth: number;
  /** No fractions or exponents, and nothing beyond 2^53. */
  wholeNumbers?: boolean;
}

/** Text that is not the JSON wanted, and where. */
export class JsonSyntaxError extends SyntaxError {
  constructor(
    readonly problem: string,
    readonly remedy: string,
    /** UTF-16 units before the fault. */
    readonly position: number,
  ) {
    super(`${problem} at position ${position}`);
    this.name = 'JsonSyntaxError';
  }
}

/**
 * Reads a JSON document strictly (RFC 8259). Unlike `JSON.parse` it refuses a key given twice and halves of surrogate pairs,
 * bounds the depth, and knows the usual departures from JSON.
 * @throws JsonSyntaxError
 */
export function scanJson(text: string, limits: JsonLimits): JsonTree {
  return new JsonScanner(text, limits).document();
}

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

class JsonScanner {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  document(): JsonTree {
    if (this.text.charCodeAt(0) === 0xfeff)
      this.fail('the file begins with a byte order mark', 'Save it as UTF-8 without one');
    this.space();
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.fail(`${this.here()} follows the end of the document`, 'Remove it');
    return value;
  }

  private value(depth: number): JsonTree {
    if (depth > this.limits.depth) this.fail('brackets are nested too deeply');
    const start = this.text[this.at];
    if (start === '{') return this.object(depth);
    if (start === '[') return this.array(depth);
    if (start === '"') return this.string();
    const word = words.find(([name]) => this.text.startsWith(name, this.at));
    if (!word) return this.number();
    this.at += word[0].length;
    return word[1];
  }

  private object(depth: number): Map<string, JsonTree> {
    const entries = new Map<string, JsonTree>();
    this.items('}', () => {
      const start = this.at;
      if (this.text[this.at] !== '"') this.fail(`a name in double quotes is expected, not ${this.here()}`, this.hint());
      const key = this.string();
      const shown = JSON.stringify(key.slice(0, 200));
      if (entries.has(key)) this.fail(`${shown} is given twice`, 'Keep one of them', start);
      this.space();
      if (!this.take(':')) this.fail(`":" is expected after ${shown}, not ${this.here()}`);
      this.space();
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  private array(depth: number): JsonTree[] {
    const items: JsonTree[] = [];
    this.items(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  private items(close: string, one: () => void): void {
    this.at++;
    this.space();
    if (this.take(close)) return;
    do {
      this.space();
      one();
      this.space();
    } while (this.take(','));
    if (!this.take(close)) this.fail(`"," or "${close}" is expected, not ${this.here()}`, this.hint());
  }

  private string(): string {
    const start = this.at++;
    let escaped = false;
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code) || code === 0x0a || code === 0x0d)
        this.fail('a text is not closed', 'Add the missing "', start);
      if (code < 0x20) this.fail('a text holds a control character', 'Write it as \\u00XX');
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        this.escape();
      }
    }
    this.at++;
    const quoted = this.text.slice(start, this.at);
    const value = escaped ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
    if (/\p{Surrogate}/u.test(value)) this.fail('a text holds half of a surrogate pair', 'Write the whole one', start);
    return value;
  }

  /** Goes to the last character of an escape. */
  private escape(): void {
    const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    escape.lastIndex = this.at;
    const found = escape.exec(this.text)?.[0];
    if (found === undefined) {
      const shown = this.text.slice(this.at, this.at + 2);
      this.fail(`${shown} is not an escape of JSON`, 'A backslash is written \\\\ (or use /)');
    }
    this.at += found.length - 1;
  }

  private number(): number {
    const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    number.lastIndex = this.at;
    const found = number.exec(this.text)?.[0];
    if (found === undefined) this.fail(`a value is expected, not ${this.here()}`, this.hint());
    const value = Number(found);
    if (this.limits.wholeNumbers) {
      if (/[.eE]/.test(found)) this.fail(`${found.slice(0, 40)} is not written as a whole number`);
      if (!Number.isSafeInteger(value)) this.fail('a number is beyond 2^53');
    }
    this.at += found.length;
    return value;
  }

  private space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private here(): string {
    const word = /[A-Za-z_]{1,40}|\/[/*]|[^]/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    return found === undefined ? 'the end of the file' : JSON.stringify(found);
  }

  /** What to do about the usual departures from JSON. */
  private hint(): string {
    const rest = this.text.slice(this.at, this.at + 9);
    if (/^\/[/*]|^#/.test(rest)) return 'JSON has no comments; remove it';
    if (/^'/.test(rest)) return 'Use double quotes';
    if (/^(NaN|-?Infinity)/.test(rest)) return 'JSON knows finite numbers only';
    if (/^[\]}]/.test(rest) && /,\s*$/.test(this.text.slice(0, this.at))) return 'Remove the comma before it';
    return '';
  }

  private fail(problem: string, remedy = '', position = this.at): never {
    throw new JsonSyntaxError(problem, remedy, position);
  }
}
