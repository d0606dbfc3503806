import { formatPath } from '../common/config/schemaProblems';

/** Where a value lies in a text: UTF-16 units from the start. */
export interface TextRange {
  start: number;
  end: number;
}

/**
 * Where every value of a JSON document lies, by its path: `concepts[0].folder`, and the empty path for the document. The text must
 * be sound JSON that is not nested deeply; `scanJson` knows.
 */
export function jsonRanges(text: string): ReadonlyMap<string, TextRange> {
  const ranges = new Map<string, TextRange>();
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gsy;
  let token: RegExpExecArray | null;
  const next = () => {
    while (/\s/.test(text[tokens.lastIndex] ?? 'x')) tokens.lastIndex++;
    token = tokens.exec(text);
    return token?.[0];
  };
  const value = (path: readonly PropertyKey[], first = next()): void => {
    const start = token?.index ?? text.length;
    if (first === '{' || first === '[') items(first, path);
    ranges.set(formatPath(path), { start, end: token ? token.index + token[0].length : text.length });
  };
  const items = (open: string, path: readonly PropertyKey[]): void => {
    for (let index = 0, part = next(); part !== undefined && part !== '}' && part !== ']'; part = next()) {
      if (part === ',') continue;
      if (open === '[') value([...path, index++], part);
      else {
        const key = JSON.parse(part) as string;
        next();
        value([...path, key]);
      }
    }
  };
  value([]);
  return ranges;
}

/** The range of a path, or of the nearest value around it: a missing field is shown where it is missing. */
export function rangeOf(ranges: ReadonlyMap<string, TextRange>, path: string): TextRange {
  for (let at = path; ; at = at.replace(/(^|\.)[^.[\]]*$|\[\d+\]$/, '')) {
    const range = ranges.get(at);
    if (range) return range;
    if (at === '') return { start: 0, end: 0 };
  }
}
