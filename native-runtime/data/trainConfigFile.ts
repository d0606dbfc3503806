import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseConceptList } from '../../src/common/config/conceptList';
import { pocketBase } from '../../src/common/config/configLimits';
import { parseTrainConfig } from '../../src/common/config/parseTrainConfig';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';
import { resolveConfigPaths, type ResolvedPaths } from './configPaths';

const largestFile = 16 * 2 ** 20;

/**
 * Reads a training configuration, or a `concepts_list.json` of the reference scripts, and makes its paths absolute.
 * In a concept list, a class folder that does not exist yet means that its pictures are to be generated.
 * @param base the base model for a concept list, which names none
 * @throws ProductError `not-found` or `bad-config`.
 */
export async function readTrainConfigFile(path: string, base: string = pocketBase): Promise<ResolvedPaths> {
  const text = await readText(path);
  const isList = text.trimStart().startsWith('[');
  const written: TrainConfig = isList ? { base, concepts: parseConceptList(text, path) } : parseTrainConfig(text, path);
  const resolved = await resolveConfigPaths(written, dirname(path));
  if (isList)
    for (const concept of resolved.config.concepts)
      if (concept.prior?.folder !== undefined && !(await exists(concept.prior.folder))) {
        const { folder: _missing, ...rest } = concept.prior;
        concept.prior = { ...rest, kind: 'generated' };
      }
  return resolved;
}

async function readText(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new ProductError('not-found', path, 'the configuration does not exist', 'Check the path');
  if (!info.isFile() || info.size > largestFile)
    throw new ProductError('bad-config', path, 'this is not a configuration', 'Give the path of a JSON file');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ProductError('bad-config', path, 'the file is not UTF-8 text', 'Save it as UTF-8');
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
