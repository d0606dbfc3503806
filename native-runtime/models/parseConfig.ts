import type { z } from 'zod';
import { ProductError } from '../../src/common/errors';

/** Checks a model's `config.json` against its schema. @throws ProductError `bad-model` naming the first wrong field. */
export function parseModelConfig<S extends z.ZodType>(schema: S, json: unknown, where: string): z.infer<S> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const remedy = 'Download the base model again';
  throw new ProductError('bad-model', where, `${issue.path.join('.')}: ${issue.message}`, remedy);
}
