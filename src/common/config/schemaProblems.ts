import { distance } from 'fastest-levenshtein';
import * as z from 'zod';

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** Where, as a JSON path: `concepts[0].prior.count`; empty for the document itself. */
  path: string;
  problem: string;
  remedy: string;
}

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Checks a value against a schema and says in words what is wrong; an empty list when nothing is. */
export function schemaProblems(schema: z.ZodType, value: unknown): ConfigProblem[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => describe(issue, schema, value));
}

/** A JSON path as people write it: `concepts[0].folder`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = /^[\w$]+$/.test(String(part)) ? String(part) : JSON.stringify(String(part).slice(0, 60));
    return text ? `${text}.${name}` : name;
  }, '');
}

/** The known name that a mistyped one most resembles, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, '');
  const ranked = known
    .map((candidate) => ({ candidate, apart: distance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.apart - b.apart);
  const best = ranked[0];
  return best && best.apart <= Math.max(2, best.candidate.length / 3) ? best.candidate : undefined;
}

function describe(issue: Issue, schema: z.ZodType, root: unknown): ConfigProblem[] {
  const path = formatPath(issue.path);
  const value = issue.path.reduce<unknown>((v, part) => (v as Record<PropertyKey, unknown> | undefined)?.[part], root);
  const one = (problem: string, remedy = '') => [{ path, problem, remedy }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...issue.path, key], fieldNames(schema, issue.path)));
    case 'invalid_type':
      return wrongType(value, issue.expected, one);
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = typeof value === 'string' ? nearestName(value, values) : undefined;
      if (value === undefined) return one('is missing', `Choose one of ${values.join(', ')}`);
      return one(
        `${show(value)} is not one of ${values.join(', ')}`,
        near === undefined ? '' : `Did you mean "${near}"?`,
      );
    }
    case 'too_small':
      return one(`${show(value)} ${bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)}`);
    case 'too_big':
      return one(`${show(value)} ${bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)}`);
    default:
      return one(`${show(value)} ${issue.message}`);
  }
}

function unknownField(path: Path, known: readonly string[]): ConfigProblem {
  const near = nearestName(String(path.at(-1)), known);
  return {
    path: formatPath(path),
    problem: 'there is no such field',
    remedy: near === undefined ? `Known fields: ${known.join(', ')}` : `Did you mean "${near}"?`,
  };
}

function wrongType(value: unknown, expected: string, one: (p: string, r?: string) => ConfigProblem[]) {
  const wanted =
    expected === 'int'
      ? 'a whole number'
      : expected === 'array'
        ? 'a list'
        : expected === 'string'
          ? 'a text'
          : `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
  if (value === undefined) return one(`is missing; it is ${wanted}`);
  const quoted = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  const numeric = expected === 'number' || expected === 'int';
  return one(`must be ${wanted}, not ${show(value)}`, quoted && numeric ? 'Remove the quotes' : '');
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${limit} characters`;
  if (origin === 'array') return `must have ${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${relation} ${limit}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  if (typeof value === 'number') return String(value);
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}

/** The fields that the schema knows at a path. */
function fieldNames(schema: z.ZodType, path: Path): string[] {
  let at: unknown = schema;
  for (const part of [...path, undefined]) {
    while (at instanceof z.ZodOptional) at = at.unwrap();
    if (part === undefined) break;
    at = at instanceof z.ZodArray ? at.element : at instanceof z.ZodObject ? at.shape[String(part)] : undefined;
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
