import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';

/** What must be the same for a run to go on exactly as if it had never stopped. Plain JSON. */
export interface RunIdentity {
  /** The settings that the numbers depend on. */
  config: Record<string, unknown>;
  base: { family: string; fingerprint: string; content: string };
  concepts: {
    /** File name → sha256 of its bytes, and its caption. */
    pictures: Record<string, { sha256: string; caption: string }>;
    /** File name → sha256, for a folder of prior pictures. */
    priors: Record<string, string>;
  }[];
}

/** Settings that change where things lie, what is shown or how long a run goes on, but no number in it. */
type Incidental =
  | 'base'
  | 'output'
  | 'name'
  | 'steps'
  | 'checkpointEvery'
  | 'keepCheckpoints'
  | 'sample'
  | 'device'
  | 'precision'
  | 'threads'
  | 'recompute';

/** The settings that the numbers of a run depend on, without paths. */
export function essentialConfig(config: ResolvedTrainConfig): Record<string, unknown> {
  const incidental: Record<Incidental, true> = {
    base: true,
    output: true,
    name: true,
    steps: true,
    checkpointEvery: true,
    keepCheckpoints: true,
    sample: true,
    device: true,
    precision: true,
    threads: true,
    recompute: true,
  };
  const kept = Object.entries(config).filter(([key]) => !(key in incidental));
  // The course of a falling learning rate depends on where it ends.
  if (config.schedule !== 'constant') kept.push(['steps', config.steps]);
  const concepts = config.concepts.map(({ folder: _folder, prior: { folder: _priors, ...prior }, ...rest }) => ({
    ...rest,
    prior,
  }));
  return JSON.parse(JSON.stringify({ ...Object.fromEntries(kept), concepts })) as Record<string, unknown>;
}

/** Where two JSON values differ, one line each: `config.seed: 42 → 43`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], join(path, key, Array.isArray(after))));
  }
  if (Object.is(before, after)) return [];
  return [`${path}: ${show(before)} → ${show(after)}`];
}

/**
 * Refuses to go on with something else than what a checkpoint was made of.
 * @throws ProductError `conflict` listing up to eight differences
 */
export function requireSameIdentity(saved: unknown, now: RunIdentity, where: string): void {
  const found = differences(saved, JSON.parse(JSON.stringify(now)));
  if (!found.length) return;
  const shown = found.slice(0, 8).join('; ');
  const more = found.length > 8 ? `; and ${found.length - 8} more` : '';
  throw new ProductError(
    'conflict',
    where,
    `this run was started with something else: ${shown}${more}`,
    'Undo the change, or start a new run',
  );
}

/**
 * Refuses to go on with another base model than a checkpoint was made with, or with one whose files were changed.
 * @throws ProductError `conflict` naming the base
 */
export function requireSameBase(saved: unknown, now: RunIdentity, path: string): void {
  const before = isObject(saved) ? saved.base : undefined;
  if (!differences(before, now.base).length) return;
  throw new ProductError(
    'conflict',
    path,
    'this is not the base model that the run was started with, or its files were changed since',
    'Put its files back as they were, or start a new run',
  );
}

function join(path: string, key: string, inList: boolean): string {
  if (inList) return `${path}[${key}]`;
  return path ? `${path}.${key}` : key;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
