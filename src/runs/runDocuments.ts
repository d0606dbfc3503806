import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { l10n } from '../translation';

/** The parts of a run's `config.json` that lists and panels show. */
const runConfig = z.object({
  base: z.string(),
  name: z.string(),
  mode: z.string().optional(),
  steps: z.int().positive(),
  concepts: z.array(z.object({ folder: z.string(), classNoun: z.string(), modifierToken: z.string() })).min(1),
  sample: z.object({ prompts: z.array(z.string()).optional() }).optional(),
});

/** See `runConfig`. */
export type RunConfigFacts = z.infer<typeof runConfig>;

/** The parts of a run's `manifest.json` that say how it stands. */
const runManifest = z.object({
  format: z.literal('custom-diffusion-run'),
  version: z.literal(1),
  /** `running` without a living process means that it died. */
  status: z.enum(['running', 'stopped', 'finished', 'failed']),
  step: z.int().min(0),
  error: z.string().optional(),
  /** What kind of failure it was; see `ErrorCode`. */
  errorCode: z.string().optional(),
  /** The model files, each with the length it had at the start; older runs do not say. */
  base: z
    .object({ files: z.array(z.object({ path: z.string(), bytes: z.number() })) })
    .optional()
    .catch(undefined),
});

/** See `runManifest`. */
export type RunManifestFacts = z.infer<typeof runManifest>;

/** A document that was read, or why it could not be; neither when there is none. */
export interface Document<T> {
  value?: T;
  problem?: string;
}

const mostBytes = 16_000_000;

/** Reads `config.json`. Never throws. */
export function readRunConfig(folder: string): Promise<Document<RunConfigFacts>> {
  return readDocument(join(folder, 'config.json'), runConfig);
}

/** Reads `manifest.json`. Never throws. */
export function readRunManifest(folder: string): Promise<Document<RunManifestFacts>> {
  return readDocument(join(folder, 'manifest.json'), runManifest);
}

async function readDocument<T>(path: string, schema: z.ZodType<T>): Promise<Document<T>> {
  const name = path.slice(path.search(/[^\\/]*$/));
  try {
    const checked = schema.safeParse(JSON.parse(await readText(path)));
    if (checked.success) return { value: checked.data };
    const issue = checked.error.issues[0]!;
    return { problem: `${name}: ${issue.path.join('.')}: ${issue.message}` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return {};
    const why = error instanceof SyntaxError ? l10n.t('it is not JSON') : (error as Error).message;
    return { problem: l10n.t('{0} cannot be read: {1}', name, why) };
  }
}

async function readText(path: string): Promise<string> {
  // Looked at before it is opened: opening a pipe waits for its writer.
  const found = await stat(path);
  if (!found.isFile()) throw new Error(l10n.t('it is no file'));
  if (found.size > mostBytes) throw new Error(l10n.t('it has {0} bytes', found.size));
  return readFile(path, 'utf8');
}
