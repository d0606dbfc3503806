import * as z from 'zod';
import { ProductError } from '../errors';
import { maxConcepts } from './configLimits';
import { parseJsonText } from './jsonText';
import { formatPath, schemaProblems } from './schemaProblems';
import type { ConceptConfig } from './trainConfig';

const entrySchema = z.strictObject({
  instance_prompt: z
    .string()
    .min(1)
    .max(2000)
    .describe('Caption with the modifier token before the class noun: "photo of a <new1> cat".'),
  class_prompt: z.string().max(2000).optional().describe('Prompt of the prior pictures, with the class noun: "cat".'),
  instance_data_dir: z.string().min(1).max(2000).describe('Folder of 4 to 20 pictures of the subject.'),
  class_data_dir: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('Folder of prior pictures; left out, the base model draws them.'),
});

/** The schema of a `concepts_list.json`. */
export const conceptListSchema = z.array(entrySchema).min(1).max(maxConcepts);

/** One entry of the `concepts_list.json` of the reference training scripts. */
export type ConceptListEntry = z.infer<typeof entrySchema>;

/**
 * Reads a `concepts_list.json`. The modifier token, the class noun and the caption template are taken from the instance
 * prompt: "photo of a <new1> cat" gives `<new1>`, `cat` and `photo of a {}`.
 * @throws ProductError `bad-config` for malformed JSON, unknown or missing fields, and a prompt without a modifier token.
 */
export function parseConceptList(text: string, source: string): ConceptConfig[] {
  const value = parseJsonText(text, source);
  const [problem] = schemaProblems(conceptListSchema, value);
  if (problem) throw new ProductError('bad-config', problem.path || source, problem.problem, problem.remedy);
  return (value as ConceptListEntry[]).map(readConceptEntry);
}

/** The same concepts as entries of a `concepts_list.json`, to be written as JSON. */
export function toConceptList(
  concepts: readonly (Pick<ConceptConfig, 'folder' | 'classNoun' | 'prior'> & {
    modifierToken: string;
    template: string;
  })[],
): ConceptListEntry[] {
  return concepts.map(({ folder, classNoun, modifierToken, template, prior }) => ({
    instance_prompt: template.replace('{}', () => `${modifierToken} ${classNoun}`),
    class_prompt: prior?.prompt ?? classNoun,
    instance_data_dir: folder,
    ...(prior?.folder === undefined ? {} : { class_data_dir: prior.folder }),
  }));
}

/** The JSON Schema of a `concepts_list.json`, for editors. */
export function conceptListJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(conceptListSchema, { io: 'input', target: 'draft-7' }),
    title: 'Custom Diffusion concept list',
  };
}

/**
 * One entry as a concept.
 * @throws ProductError `bad-config` when its prompt has no modifier token, several, or no class noun
 */
export function readConceptEntry(entry: ConceptListEntry, index: number): ConceptConfig {
  const where = formatPath([index, 'instance_prompt']);
  const tokens = [...entry.instance_prompt.matchAll(/<[^<>\s]+>/g)];
  const [token] = tokens;
  if (!token || tokens.length > 1)
    throw new ProductError(
      'bad-config',
      where,
      token
        ? `"${entry.instance_prompt}" holds ${tokens.length} modifier tokens`
        : `"${entry.instance_prompt}" holds no modifier token, so nothing would be learned`,
      'Write one before the class noun, as in "photo of a <new1> cat"',
    );
  const after = entry.instance_prompt.slice(token.index + token[0].length);
  const classNoun = leadingNoun(after, entry.class_prompt ?? '');
  if (!classNoun)
    throw new ProductError(
      'bad-config',
      where,
      `no class noun follows ${token[0]}`,
      'Write "photo of a <new1> cat", and the same noun in class_prompt',
    );
  const start = token.index + token[0].length + after.indexOf(classNoun);
  const template = `${entry.instance_prompt.slice(0, token.index)}{}${entry.instance_prompt.slice(start + classNoun.length)}`;
  return {
    folder: entry.instance_data_dir,
    classNoun,
    modifierToken: token[0],
    template,
    prior: {
      kind: entry.class_data_dir === undefined ? 'generated' : 'folder',
      ...(entry.class_data_dir === undefined ? {} : { folder: entry.class_data_dir }),
      ...(entry.class_prompt ? { prompt: entry.class_prompt } : {}),
    },
  };
}

/** The words after the token that the class prompt repeats ("teddy bear"), or else the first word. */
function leadingNoun(after: string, classPrompt: string): string {
  const words = [...after.matchAll(/[\p{L}\p{N}'-]+/gu)];
  const known = ` ${
    classPrompt
      .toLowerCase()
      .match(/[\p{L}\p{N}'-]+/gu)
      ?.join(' ') ?? ''
  } `;
  for (let count = words.length; count > 0; count--) {
    const last = words[count - 1]!;
    const phrase = after.slice(words[0]!.index, last.index + last[0].length);
    if (known.includes(` ${phrase.toLowerCase()} `)) return phrase;
  }
  return words[0]?.[0] ?? '';
}
