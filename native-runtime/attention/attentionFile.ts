import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { openSafetensors, readTensors, writeSafetensors } from '../formats/safetensors';
import type { TensorData } from '../tensorData';
import { CONVENTION, type AttentionAggregate, type AttentionMaps } from './aggregate';
import type { WordGroup } from '../../src/common/attention/words';

/** A picture's maps with what is needed to show them. */
export interface SavedAttention {
  aggregate: AttentionAggregate;
  prompt: string;
  words: readonly WordGroup[];
  /** The picture's size in pixels. */
  picture: { width: number; height: number };
}

const FORMAT = 'custom-diffusion-attention-1';
const LARGEST_METADATA = 1 << 20;

const wordSchema = z.object({
  text: z.string().max(4096),
  positions: z.array(z.int().min(0)).max(1024),
  isModifier: z.boolean(),
  isSpecial: z.boolean().optional(),
});

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  prompt: z.string(),
  words: z.array(wordSchema).max(1024),
  steps: z.int().min(0),
  picture: z.object({ width: z.int().min(1), height: z.int().min(1) }),
});

/** `cat.png` → `cat.attention.safetensors`, in the same folder. */
export function attentionPathFor(picturePath: string): string {
  return `${picturePath.replace(/\.[^./\\]+$/, '')}.attention.safetensors`;
}

/**
 * Writes the maps as float32: `mean` `[tokens, height, width]`, `layer.<name>` per layer and `step.<number>` per step
 * where they were kept.
 * @throws ProductError `disk-full`; an older file is then untouched.
 */
export async function saveAttention(path: string, saved: SavedAttention): Promise<void> {
  const { aggregate, prompt, words, picture } = saved;
  const tensors = new Map<string, TensorData>([['mean', asTensor(aggregate.mean)]]);
  for (const [layer, maps] of aggregate.perLayer) tensors.set(`layer.${layer}`, asTensor(maps));
  aggregate.perStep.forEach((maps, step) => tensors.set(`step.${String(step).padStart(5, '0')}`, asTensor(maps)));
  await writeSafetensors(path, tensors, {
    format: FORMAT,
    convention: CONVENTION,
    prompt,
    words: JSON.stringify(words),
    steps: String(aggregate.steps),
    picture: JSON.stringify(picture),
  });
}

/**
 * Reads maps back; nothing in the file is trusted.
 * @throws ProductError `bad-file` when it is not a file of maps or its parts disagree; `not-found`.
 */
export async function loadAttention(path: string): Promise<SavedAttention> {
  const file = await openSafetensors(path);
  const { prompt, words, steps, picture } = parseMetadata(path, file.metadata);
  for (const { name, dtype, shape } of file.tensors.values())
    if (dtype !== 'float32' || shape.length !== 3 || shape.some((size) => size < 1))
      throw notMaps(path, `tensor ${name} is not a float32 map of three dimensions`);
  const tensors = await readTensors(file);
  const mean = tensors.get('mean');
  if (!mean) throw notMaps(path, 'there is no tensor `mean`');
  const perLayer = new Map(withPrefix(tensors, 'layer.'));
  const perStep = withPrefix(tensors, 'step.')
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, maps]) => maps);
  const aggregate = { mean: asMaps(mean), steps, perLayer, perStep };
  if (words.some(({ positions }) => positions.some((p) => p >= aggregate.mean.tokens)))
    throw notMaps(path, 'a word lies beyond the last map');
  return { aggregate, prompt, words, picture };
}

function parseMetadata(path: string, metadata: Record<string, string>): z.infer<typeof metadataSchema> {
  const { words = '', picture = '' } = metadata;
  if (words.length > LARGEST_METADATA) throw notMaps(path, 'the list of words is larger than 1 MiB');
  let fields: unknown;
  try {
    fields = { ...metadata, steps: Number(metadata.steps), words: JSON.parse(words), picture: JSON.parse(picture) };
  } catch {
    throw notMaps(path, 'the metadata is missing or damaged');
  }
  const checked = metadataSchema.safeParse(fields);
  if (checked.success) return checked.data;
  throw notMaps(path, `the metadata field ${checked.error.issues[0]?.path.join('.')} is missing or wrong`);
}

function withPrefix(tensors: ReadonlyMap<string, TensorData>, prefix: string): [string, AttentionMaps][] {
  return [...tensors]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, tensor]) => [name.slice(prefix.length), asMaps(tensor)]);
}

function asTensor({ tokens, height, width, data }: AttentionMaps): TensorData {
  return { dtype: 'float32', shape: [tokens, height, width], data };
}

function asMaps({ shape, data }: TensorData): AttentionMaps {
  return { tokens: shape[0]!, height: shape[1]!, width: shape[2]!, data: data as Float32Array };
}

function notMaps(path: string, problem: string): ProductError {
  return new ProductError('bad-file', path, problem, 'Choose the .attention.safetensors file beside a picture');
}
