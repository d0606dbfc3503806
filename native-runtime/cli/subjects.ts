import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { ScorerConfig } from '../pocket/scorer/scorerConfig';
import { ProductError } from '../../src/common/errors';
import { classNounsOf } from '../delta/deltaFile';
import { knownIndividual, type Subject } from '../evaluate/subject';
import { readRunConfig } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import type { LoadedDelta } from '../sample/fineTune';

/**
 * The subjects of a fine-tune: its tokens and class nouns are in the delta, or in the run beside it; the individuals are named by
 * the flag, in the order of the tokens, or by the concepts' folders.
 * @throws ProductError `bad-input` when tokens and names do not match or the scorer does not know a name.
 */
export async function subjectsOfDelta(
  { path, delta, modifierTokens }: LoadedDelta,
  names: readonly string[] | undefined,
  scorer: ScorerConfig,
): Promise<Subject[]> {
  if (modifierTokens.length === 0)
    throw new ProductError('bad-input', path, 'it teaches no token, so there is no individual to recognise');
  const run = new RunFolder(dirname(path));
  const concepts = existsSync(run.config) && existsSync(run.manifest) ? (await readRunConfig(run)).concepts : [];
  const folders = new Map(concepts.map(({ modifierToken, folder }) => [modifierToken, folder]));
  requireCount(names, modifierTokens.length);
  const nouns = classNounsOf(delta);
  return modifierTokens.map((token, i) => {
    const folder = folders.get(token);
    const name = names?.[i] ?? (folder === undefined ? undefined : basename(folder));
    if (name === undefined)
      throw new ProductError(
        'bad-input',
        path,
        `nothing says who ${token} is`,
        'Name the individual with --individual',
      );
    const known = knownIndividual(name, scorer, names ? '--individual' : folder!);
    return { ...known, token, classNoun: nouns.get(token) ?? known.species };
  });
}

/**
 * The subjects of concept folders: `<new1>`, `<new2>` …; individuals and class nouns are those of the flags, or follow from the
 * folders' names.
 * @throws ProductError as `subjectsOfDelta`
 */
export function subjectsOfFolders(
  folders: readonly string[],
  flags: { individual?: readonly string[]; class?: readonly string[] },
  scorer: ScorerConfig,
): Subject[] {
  requireCount(flags.individual, folders.length);
  requireCount(flags.class, folders.length, '--class');
  return folders.map((folder, i) => {
    const name = flags.individual?.[i] ?? basename(resolve(folder));
    const known = knownIndividual(name, scorer, flags.individual ? '--individual' : folder);
    return { ...known, token: `<new${i + 1}>`, classNoun: flags.class?.[i] ?? known.species };
  });
}

function requireCount(names: readonly string[] | undefined, count: number, flag = '--individual'): void {
  if (names && names.length !== count)
    throw new ProductError(
      'bad-input',
      flag,
      `${names.length} given for ${count} concepts`,
      'Give one for each, separated by commas',
    );
}
