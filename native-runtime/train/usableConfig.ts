import { findConfigProblems } from '../../src/common/config/checkTrainConfig';
import { pocketBase } from '../../src/common/config/configLimits';
import type { ConfigProblem } from '../../src/common/config/schemaProblems';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';
import { resolveConfigPath } from '../data/configPaths';

/** A configuration of which everything wrong was noted and left out, so that the rest of it can be checked as well. */
export interface UsableConfig {
  /** Valid; absent when too little is left. What is missing has a stand-in. */
  config?: TrainConfig;
  /** In the order they were found; paths as `concepts[0].folder`. */
  problems: ConfigProblem[];
}

/** Leaving something out can bring up the next problem, but not without end. */
const MOST_ROUNDS = 8;

/** Finds every problem of a configuration's own: its schema, the rules between its fields, and paths that mean nothing. */
export function usableConfig(value: unknown, folder: string, resolutionMultiple?: number): UsableConfig {
  const problems: ConfigProblem[] = [];
  const rest: unknown = structuredClone(value);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = findConfigProblems(rest, resolutionMultiple);
    if (found.length === 0) found.push(...pathProblems(rest as TrainConfig, folder));
    if (found.length === 0) return { config: rest as TrainConfig, problems };
    problems.push(...found.filter(({ path }) => !problems.some((known) => known.path === path)));
    if (!isRecord(rest)) break;
    for (const { path } of found) leaveOut(rest, partsOf(path));
    standIn(rest);
  }
  return { problems };
}

/** URLs and the like, field by field. */
function pathProblems({ base, output, concepts }: TrainConfig, folder: string): ConfigProblem[] {
  const paths: [string, string | undefined][] = [
    ['base', base === pocketBase ? undefined : base],
    ['output', output],
    ...concepts.flatMap((concept, i): [string, string | undefined][] => [
      [`concepts[${i}].folder`, concept.folder],
      [`concepts[${i}].prior.folder`, concept.prior?.folder],
    ]),
  ];
  return paths.flatMap(([path, text]) => {
    try {
      if (text !== undefined) resolveConfigPath(text, folder, path);
      return [];
    } catch (error) {
      if (!(error instanceof ProductError)) throw error;
      return [{ path, problem: error.problem, remedy: error.remedy }];
    }
  });
}

/** `concepts[0].prior.count` → its parts. */
function partsOf(path: string): (string | number)[] {
  const parts = path.matchAll(/\[(\d+)\]|("(?:[^"\\]|\\.)*")|([\w$]+)/g);
  return [...parts].map(([, index, quoted, name]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? String(JSON.parse(quoted)) : name!,
  );
}

/** Removes a field. Of a list other than that of the concepts the whole list goes; a concept that is none becomes an empty one. */
function leaveOut(config: Record<string, unknown>, parts: (string | number)[]): void {
  const inList = parts.findIndex((part, i) => typeof part === 'number' && parts[i - 1] !== 'concepts');
  const way = inList < 0 ? parts : parts.slice(0, inList);
  const last = way.pop();
  if (last === undefined) return;
  const holder = way.reduce<unknown>((at, part) => (isHolder(at) ? at[part] : undefined), config);
  if (!isHolder(holder)) return;
  if (typeof last === 'number') holder[last] = {};
  else delete holder[last];
}

/** Fills in what a configuration must have. */
function standIn(config: Record<string, unknown>): void {
  config.base ??= pocketBase;
  if (!Array.isArray(config.concepts) || config.concepts.length === 0) config.concepts = [{}];
  for (const concept of config.concepts as unknown[]) {
    if (!isRecord(concept)) continue;
    concept.folder ??= '.';
    concept.classNoun ??= 'subject';
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
