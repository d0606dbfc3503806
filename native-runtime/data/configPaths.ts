import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { defaultOutput } from '../../src/common/config/trainDefaults';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';

/** A configuration with absolute paths. */
export interface ResolvedPaths {
  config: TrainConfig;
  /** Fields whose path leads out of the document's folder: fine if the user wrote them, to be asked about otherwise. */
  outside: { field: string; path: string }[];
}

/**
 * Makes the paths of a configuration absolute: relative ones start at the folder of the document, `~` is the home folder.
 * Left-out fields stay left out, so this comes before the defaults.
 * @throws ProductError `bad-config` for URLs, environment variables and other users' home folders.
 */
export async function resolveConfigPaths(config: TrainConfig, documentFolder: string): Promise<ResolvedPaths> {
  const outside: ResolvedPaths['outside'] = [];
  const root = await realPath(resolve(documentFolder));
  const one = async (text: string, field: string): Promise<string> => {
    const path = resolveConfigPath(text, documentFolder, field);
    const way = relative(root, await realPath(path));
    if (/^\.\.([\\/]|$)/.test(way) || isAbsolute(way)) outside.push({ field, path });
    return path;
  };
  const resolved: TrainConfig = { ...config, concepts: [] };
  if (config.base !== pocketBase) resolved.base = await one(config.base, 'base');
  if (config.output !== undefined) resolved.output = await one(config.output, 'output');
  for (const [i, concept] of config.concepts.entries()) {
    const folder = await one(concept.folder, `concepts[${i}].folder`);
    const prior = concept.prior && { ...concept.prior };
    if (prior?.folder !== undefined) prior.folder = await one(prior.folder, `concepts[${i}].prior.folder`);
    resolved.concepts.push({ ...concept, folder, ...(prior ? { prior } : {}) });
  }
  return { config: resolved, outside };
}

/** The same for a program whose working directory means nothing: a folder of runs that is left out lies in the document's folder too. */
export async function resolveAllPaths(config: TrainConfig, documentFolder: string): Promise<TrainConfig> {
  const written = { ...config, output: config.output ?? defaultOutput };
  return (await resolveConfigPaths(written, documentFolder)).config;
}

/**
 * The absolute path that a text in a configuration means.
 * @param field its JSON path, for messages
 * @throws ProductError `bad-config` when it is a URL or needs a shell to be understood.
 */
export function resolveConfigPath(text: string, documentFolder: string, field: string): string {
  const refuse = (problem: string, remedy: string) => {
    throw new ProductError('bad-config', field, `${JSON.stringify(text)} ${problem}`, remedy);
  };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text) || /^file:/i.test(text)) refuse('is a URL', 'Write the path of a folder');
  if (/^\$\w|\$\{|\$\(|^%\w+%/.test(text)) refuse('holds an environment variable', 'Write the path itself');
  if (/^~[^\\/]/.test(text)) refuse("is another user's home folder", 'Write the path itself');
  if (process.platform !== 'win32' && text.startsWith('\\\\'))
    refuse('is a Windows network path', 'Write the path where it is mounted');
  return /^~([\\/]|$)/.test(text) ? join(homedir(), text.slice(1)) : resolve(documentFolder, text);
}

/** The path without links; as it is where nothing exists yet. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
