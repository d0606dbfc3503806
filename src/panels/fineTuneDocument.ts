import { stat } from 'node:fs/promises';
import { parseConceptList } from '../common/config/conceptList';
import { parseJsonText } from '../common/config/jsonText';
import { ProductError } from '../common/errors';
import { valueAt, type FineTuneDraft } from '../common/webview/fineTuneDraft';
import { l10n } from '../translation';
import { absolutePath } from './fineTunePaths';

/**
 * Reads a configuration, or a `concepts_list.json` of the reference scripts, into a form. Values may be wrong, the form says so;
 * but it must have concepts with folders.
 * @param base the base model for a concept list, which names none
 * @param folder where relative paths start
 * @throws ProductError `bad-config` with line and column for malformed JSON, and for documents that are something else.
 */
export async function readFineTuneDocument(
  text: string,
  source: string,
  folder: string,
  base: string,
): Promise<FineTuneDraft> {
  if (text.trimStart().startsWith('[')) return { base, concepts: await readList(text, source, folder) };
  const value = parseJsonText(text, source);
  const concepts = valueAt(value, ['concepts']);
  const hasFolders =
    Array.isArray(concepts) &&
    concepts.length > 0 &&
    concepts.every((concept) => typeof valueAt(concept, ['folder']) === 'string');
  if (!hasFolders)
    throw new ProductError(
      'bad-config',
      source,
      l10n.t('this is not a training configuration'),
      l10n.t('It has a base and a list of concepts, each with the folder of its pictures'),
    );
  return value as FineTuneDraft;
}

/** The document of a form, as people read it. */
export function writeFineTuneDocument(draft: FineTuneDraft): string {
  return `${JSON.stringify(draft, null, 2)}\n`;
}

/** A class folder that does not exist yet means that its pictures are to be generated. */
async function readList(text: string, source: string, folder: string): Promise<unknown[]> {
  const concepts = parseConceptList(text, source);
  return Promise.all(
    concepts.map(async (concept) => {
      const given = concept.prior?.folder;
      if (given === undefined || (await exists(absolutePath(given, folder)))) return concept;
      const { folder: _missing, ...prior } = concept.prior!;
      return { ...concept, prior: { ...prior, kind: 'generated' } };
    }),
  );
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
