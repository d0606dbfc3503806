import { findConfigProblems } from '../common/config/checkTrainConfig';
import { conceptListSchema, readConceptEntry } from '../common/config/conceptList';
import { parseJsonText } from '../common/config/jsonText';
import { schemaProblems, type ConfigProblem } from '../common/config/schemaProblems';
import { trainConfigSchema } from '../common/config/trainConfig';
import { ProductError } from '../common/errors';
import { resolveFolder, type FolderLook } from './conceptFolders';

/** A problem of a document as the list of problems shows it. */
export interface ConceptProblem extends ConfigProblem {
  severity: 'error' | 'warning';
}

/** Pictures below which a subject is hardly learned. */
const FEWEST = 4;

/**
 * What is wrong with a list of concepts or a training configuration beyond what its JSON schema says: tokens, class nouns, rules
 * between fields, folders. Nothing while the text is not sound JSON: the editor says so itself.
 */
export async function findConceptProblems(
  text: string,
  documentFolder: string,
  lookAt: (folder: string) => Promise<FolderLook>,
): Promise<ConceptProblem[]> {
  let value: unknown;
  try {
    value = parseJsonText(text, '');
  } catch {
    return [];
  }
  const found = Array.isArray(value) ? listProblems(value) : configProblems(value);
  const folders = Array.isArray(value) ? listFolders(value) : configFolders(value);
  const looked = await Promise.all(
    folders.map(async ({ path, folder, isPrior }) =>
      folderProblem(path, await lookAt(resolveFolder(folder, documentFolder)), isPrior),
    ),
  );
  return [...found, ...looked.filter((problem) => problem !== undefined)];
}

function listProblems(list: readonly unknown[]): ConceptProblem[] {
  const problems: ConceptProblem[] = [];
  const tokens = new Map<string, number>();
  list.forEach((entry, i) => {
    // What the schema refuses is shown by the editor already.
    const checked = conceptListSchema.element.safeParse(entry);
    if (!checked.success) return;
    try {
      const { modifierToken = '' } = readConceptEntry(checked.data, i);
      const key = modifierToken.toLowerCase();
      const other = tokens.get(key);
      if (other === undefined) tokens.set(key, i);
      else
        problems.push({
          path: `[${i}].instance_prompt`,
          problem: `"${modifierToken}" is already the token of entry ${other + 1}`,
          remedy: 'Give each concept its own, such as <new1> and <new2>',
          severity: 'error',
        });
    } catch (error) {
      if (!(error instanceof ProductError)) throw error;
      problems.push({ path: error.where, problem: error.problem, remedy: error.remedy, severity: 'error' });
    }
  });
  return problems;
}

function configProblems(value: unknown): ConceptProblem[] {
  if (schemaProblems(trainConfigSchema, value).length > 0) return [];
  return findConfigProblems(value).map((problem) => ({ ...problem, severity: 'error' }));
}

interface NamedFolder {
  path: string;
  folder: string;
  isPrior: boolean;
}

function listFolders(list: readonly unknown[]): NamedFolder[] {
  return list.flatMap((entry, i) => [
    ...named(entry, 'instance_data_dir', `[${i}].instance_data_dir`, false),
    ...named(entry, 'class_data_dir', `[${i}].class_data_dir`, true),
  ]);
}

function configFolders(value: unknown): NamedFolder[] {
  const concepts = field(value, 'concepts');
  if (!Array.isArray(concepts)) return [];
  return concepts.flatMap((concept: unknown, i) => [
    ...named(concept, 'folder', `concepts[${i}].folder`, false),
    ...named(field(concept, 'prior'), 'folder', `concepts[${i}].prior.folder`, true),
  ]);
}

function named(owner: unknown, key: string, path: string, isPrior: boolean): NamedFolder[] {
  const folder = field(owner, key);
  return typeof folder === 'string' && folder !== '' ? [{ path, folder, isPrior }] : [];
}

function field(owner: unknown, key: string): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[key] : undefined;
}

function folderProblem(path: string, look: FolderLook, isPrior: boolean): ConceptProblem | undefined {
  const problem = (text: string, remedy: string, severity: ConceptProblem['severity'] = 'error') => ({
    path,
    problem: text,
    remedy,
    severity,
  });
  if (look.kind === 'missing') return problem('there is no such folder', 'Paths start at the folder of this document');
  if (look.kind === 'notFolder') return problem('this is not a folder', 'Name the folder that holds the pictures');
  if (look.pictures === 0) return problem('the folder holds no pictures', 'Put PNG, JPEG or WebP files into it');
  if (!isPrior && look.pictures < FEWEST)
    return problem(`the folder holds ${look.pictures} pictures`, 'Four to twenty teach a subject best', 'warning');
  return undefined;
}
