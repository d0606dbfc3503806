import { z } from 'zod';
import { ProductError } from '../../../src/common/errors';
import { INDIVIDUALS } from '../world/individuals';
import { BACKGROUNDS, COATS, PATTERNS, RARE_COATS, RARE_MARKINGS, SCENE_SIZE, SPECIES } from '../world/scene';

const names = z.array(z.string().min(1)).min(1);
const schema = z.object({
  kind: z.literal('pocket-scorer'),
  sample_size: z.number().int().positive().multipleOf(8),
  channels: z.array(z.number().int().positive().multipleOf(8)).length(3),
  species: names,
  coats: names,
  patterns: names,
  backgrounds: names,
  individuals: z.array(z.object({ name: z.string(), species: z.string(), coat: z.string(), pattern: z.string() })),
});

/** What a scorer tells apart, and the widths of its layers: its `config.json`. */
export type ScorerConfig = z.infer<typeof schema>;

/** The scorer of the pocket world. */
export const scorerConfig: ScorerConfig = {
  kind: 'pocket-scorer',
  sample_size: SCENE_SIZE,
  channels: [40, 96, 128],
  species: [...SPECIES],
  coats: [...COATS, ...RARE_COATS],
  patterns: [...PATTERNS, ...RARE_MARKINGS],
  backgrounds: [...BACKGROUNDS],
  individuals: INDIVIDUALS.map(({ name, species, coat, pattern }) => ({ name, species, coat, pattern })),
};

/** Reads a scorer's `config.json`. @throws ProductError `bad-model` when it is not one, or contradicts itself. */
export function parseScorerConfig(json: unknown, where: string): ScorerConfig {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw badConfig(where, `${issue.path.join('.')}: ${issue.message}`);
  }
  const config = parsed.data;
  for (const one of config.individuals)
    if (
      !config.species.includes(one.species) ||
      !config.coats.includes(one.coat) ||
      !config.patterns.includes(one.pattern)
    )
      throw badConfig(where, `individuals: ${one.name} has looks this scorer does not know`);
  return config;
}

function badConfig(where: string, problem: string): ProductError {
  return new ProductError('bad-model', where, problem, 'Use the scorer that belongs to this version');
}
