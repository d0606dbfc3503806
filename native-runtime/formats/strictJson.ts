/** A JSON value whose numbers are whole and whose objects are Maps, so no key has a special meaning and order is kept. */
export type StrictJson = null | boolean | number | string | StrictJson[] | Map<string, StrictJson>;

const maxDepth = 16;

/**
 * Parses the JSON that file headers may contain and nothing more: no repeated keys (`JSON.parse` hides them), no fractions or
 * exponents, no integers beyond 2^53, no unpaired surrogates, at most 16 levels.
 * @throws SyntaxError with the position.
 */
export function parseStrictJson(text: string): StrictJson {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  value(depth: number): StrictJson {
    if (depth > maxDepth) this.fail('too deeply nested');
    this.skipSpace();
    const start = this.text[this.at];
    if (start === '{') return this.object(depth);
    if (start === '[') return this.array(depth);
    if (start === '"') return this.string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      // prettier-ignore
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    return this.integer();
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) this.fail('unexpected text after the value');
  }

  private object(depth: number): Map<string, StrictJson> {
    const entries = new Map<string, StrictJson>();
    this.items('{', '}', () => {
      this.skipSpace();
      const key = this.string();
      if (entries.has(key)) this.fail(`the key ${JSON.stringify(key.slice(0, 200))} occurs twice`);
      this.skipSpace();
      this.expect(':');
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  private array(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    this.items('[', ']', () => items.push(this.value(depth + 1)));
    return items;
  }

  private items(open: string, close: string, one: () => void): void {
    this.expect(open);
    this.skipSpace();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      one();
      this.skipSpace();
      if (this.text[this.at] === close) break;
      this.expect(',');
    }
    this.at++;
  }

  private string(): string {
    const start = this.at;
    this.expect('"');
    let escaped = false;
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code) || code < 0x20) this.fail('a string that does not end');
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        this.at++;
      }
    }
    this.at++;
    const raw = this.text.slice(start, this.at);
    const value = escaped ? this.unescape(raw) : raw.slice(1, -1);
    if (/\p{Surrogate}/u.test(value)) this.fail('an unpaired surrogate');
    return value;
  }

  private unescape(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      return this.fail('a wrong escape');
    }
  }

  private integer(): number {
    const pattern = /-?(?:0|[1-9]\d*)(?![\d.eE])/y;
    pattern.lastIndex = this.at;
    const token = pattern.exec(this.text)?.[0];
    if (token === undefined) this.fail('expected a value with whole numbers only');
    this.at += token.length;
    const value = Number(token);
    if (!Number.isSafeInteger(value)) this.fail('a number beyond 2^53');
    return value;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) this.fail(`expected ${character}`);
    this.at++;
  }

  private skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? '?')) this.at++;
  }

  private fail(problem: string): never {
    throw new SyntaxError(`${problem} at position ${this.at}`);
  }
}
