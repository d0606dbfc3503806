import * as z from 'zod';
import { ProductError } from '../../src/common/errors';
import { tableRow, type Delta } from '../delta/delta';
import type { TensorData } from '../tensorData';
import { loadCheckpoint } from './checkpoint';
import { isModifierRows, modifierRows } from './modifierRows';

/** The name of an encoder's table of trained tokens among the trained tensors. */

/** Trained tensors, as a run and its checkpoints keep them, taken apart: UNet weights, and each token's row for each encoder. */
export function splitTrained(
  weights: ReadonlyMap<string, TensorData>,
  tokens: readonly string[],
): Pick<Delta, 'unet' | 'modifierTokens'> {
  const tables: TensorData[] = [];
  for (let table = weights.get(modifierRows(0)); table; table = weights.get(modifierRows(tables.length)))
    tables.push(table);
  return {
    unet: new Map([...weights].filter(([name]) => !isModifierRows(name))),
    modifierTokens: new Map(tokens.map((token, row) => [token, tables.map((table) => tableRow(table, row))])),
  };
}

const identitySchema = z.object({
  config: z.object({ concepts: z.array(z.object({ modifierToken: z.string(), classNoun: z.string() })).min(1) }),
  base: z.object({ family: z.string(), fingerprint: z.string(), content: z.string() }),
});

/**
 * What a checkpoint would be as a delta. Every byte of it is checked.
 * @throws ProductError `bad-file` or `not-found` saying what is wrong
 */
export async function deltaOfCheckpoint(folder: string): Promise<Delta> {
  const { state, step, identity } = await loadCheckpoint(folder);
  const known = identitySchema.safeParse(identity);
  if (!known.success) throw new ProductError('bad-file', folder, 'the checkpoint does not say what it was made of');
  const { config, base } = known.data;
  const tokens = config.concepts.map(({ modifierToken }) => modifierToken);
  const nouns = config.concepts.map(({ classNoun }) => classNoun);
  return {
    ...splitTrained(state.weights, tokens),
    metadata: {
      base_family: base.family,
      base_fingerprint: base.fingerprint,
      base_content: base.content,
      modifier_tokens: JSON.stringify(tokens),
      class_nouns: JSON.stringify(nouns),
      steps: String(step),
    },
  };
}
