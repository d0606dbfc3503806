import { InvalidArgumentError } from 'commander';
import { findSampler, samplerNames, type SamplerName } from '../../src/common/samplerNames';

const MOST_SEEDS = 100_000;

/** A whole number within bounds, for commander. @throws InvalidArgumentError naming the bounds. */
export function wholeNumber(low = 0, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
    if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
    const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  };
}

/** A number within bounds, for commander. @throws InvalidArgumentError naming the bounds. */
export function realNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (Number.isFinite(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a number from ${low} to ${high}.`);
  };
}

/**
 * Seeds as users write them: `7`, `1-4`, `1,2,10-12`. Each seed comes once, in the order written.
 * @throws InvalidArgumentError for anything else.
 */
export function parseSeeds(text: string): number[] {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || !Number.isSafeInteger(last) || first > last)
      throw new InvalidArgumentError('Give seeds such as 7, 1-4 or 1,2,10-12.');
    if (seeds.size + last - first >= MOST_SEEDS) throw new InvalidArgumentError(`At most ${MOST_SEEDS} seeds.`);
    for (let seed = first; seed <= last; seed++) seeds.add(seed);
  }
  return [...seeds];
}

/** A picture's size in pixels: `512x768` (width × height) or `512`. @throws InvalidArgumentError for anything else. */
export function parseSize(text: string): { width: number; height: number } {
  const match = /^\s*(\d{1,5})\s*(?:[x×*]\s*(\d{1,5})\s*)?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('Give width and height in pixels, such as 512x768.');
  return { width: Number(match[1]), height: Number(match[2] ?? match[1]) };
}

/** A list separated by commas, without empty parts. @throws InvalidArgumentError when nothing is left. */
export function parseList(text: string): string[] {
  const parts = text.split(',').flatMap((part) => part.trim() || []);
  if (parts.length === 0) throw new InvalidArgumentError('Give at least one, separated by commas.');
  return parts;
}

/** One of several names, for commander. @throws InvalidArgumentError listing them, the nearest first where one is near. */
export function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text.trim());
    if (found) return found;
    throw new InvalidArgumentError(`Choose one of ${names.join(', ')}.`);
  };
}

/** A sampler by its name or by the title of the A1111 web UI. @throws InvalidArgumentError listing the names. */
export function parseSampler(text: string): SamplerName {
  const found = findSampler(text);
  if (found) return found;
  throw new InvalidArgumentError(`Choose one of ${samplerNames.join(', ')}.`);
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}
