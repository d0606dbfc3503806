import { formLimits, type PromptForm } from './promptForm';

/** Why a list of numbers cannot be used; the page has a sentence for each. */
export type ListProblem = 'empty' | 'notNumber' | 'outOfRange' | 'backwards' | 'tooMany';

/** Numbers, or what is wrong with the text and where. */
export type NumberList = { values: number[] } | { problem: ListProblem; at: string };

/** What numbers a list may have. */
export interface ListLimits {
  min: number;
  max: number;
  whole: boolean;
  most: number;
}

const seedLimits: ListLimits = { ...formLimits.seed, whole: true, most: formLimits.pictures.max };

/** Reads seeds such as "1-4, 9": whole numbers and ranges between commas or spaces; what is named twice counts once. */
export function parseSeeds(text: string): NumberList {
  return parseNumbers(text, seedLimits);
}

/** Reads numbers between commas, semicolons or spaces, and ranges of whole ones where only whole ones are allowed. */
export function parseNumbers(text: string, limits: ListLimits): NumberList {
  // Spaces around the dash of a range do not part it.
  const parts = text
    .replace(/(\d)\s*[-–]\s*(?=\d)/g, '$1-')
    .split(/[\s,;]+/)
    .filter(Boolean);
  const values = new Set<number>();
  for (const part of parts) {
    const range = readPart(part, limits);
    if ('problem' in range) return range;
    if (values.size + (range.last - range.first) >= limits.most) return { problem: 'tooMany', at: part };
    for (let value = range.first; value <= range.last; value++) values.add(value);
  }
  return values.size > 0 ? { values: [...values] } : { problem: 'empty', at: '' };
}

type Part = { first: number; last: number } | { problem: ListProblem; at: string };

function readPart(part: string, { min, max, whole }: ListLimits): Part {
  const match = (whole ? /^(\d+)(?:-(\d+))?$/ : /^(-?\d+(?:\.\d+)?|-?\.\d+)$/).exec(part);
  if (!match) return { problem: 'notNumber', at: part };
  const first = Number(match[1]);
  const last = whole && match[2] !== undefined ? Number(match[2]) : first;
  if (first < min || last < min || first > max || last > max) return { problem: 'outOfRange', at: part };
  return last < first ? { problem: 'backwards', at: part } : { first, last };
}

/** The seeds that a form asks for. */
export function formSeeds(form: Pick<PromptForm, 'seedMode' | 'count' | 'firstSeed' | 'seedList'>): NumberList {
  if (form.seedMode === 'list') return parseSeeds(form.seedList);
  const { count, firstSeed } = form;
  if (!Number.isInteger(count) || count < formLimits.pictures.min || count > formLimits.pictures.max)
    return { problem: 'outOfRange', at: String(count) };
  if (!Number.isSafeInteger(firstSeed) || firstSeed < 0 || !Number.isSafeInteger(firstSeed + count - 1))
    return { problem: 'outOfRange', at: String(firstSeed) };
  return { values: Array.from({ length: count }, (_, i) => firstSeed + i) };
}

/** The shortest text that `parseSeeds` reads as these seeds. */
export function seedText(seeds: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const seed of seeds) {
    const last = ranges.at(-1);
    if (last && seed === last[1] + 1) last[1] = seed;
    else ranges.push([seed, seed]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
