import { join } from 'node:path';
import * as z from 'zod';
import type { GroupPicture } from './pictureGroup';
import { readPngRecord } from './pngRecord';

/** The fields of a picture's own record that the grid shows; whatever is odd is left out, the rest still counts. */
const pictureRecord = z.object({
  prompt: z.string().max(20_000).catch(''),
  negativePrompt: z.string().max(20_000).catch(''),
  seed: z.number().min(0).catch(0),
  steps: z.number().catch(0),
  scheduler: z.string().max(40).catch(''),
  guidanceScale: z.number().catch(0),
  model: z.string().max(200).optional().catch(undefined),
  /** Where the weights were, when the picture was made from the editor. */
  choice: z
    .object({
      base: z.string().max(4096).optional(),
      delta: z.string().max(4096).optional(),
      strength: z.number().min(-10).max(10).optional(),
      label: z.string().max(200).optional(),
    })
    .optional()
    .catch(undefined),
  delta: z
    .object({ name: z.string().max(200), strength: z.number().min(-10).max(10).optional() })
    .optional()
    .catch(undefined),
});

/** Describes a picture from its own record; a foreign PNG has its size and the seed in its name. Nothing when it is no PNG. */
export async function pictureOfFile(
  folder: string,
  file: string,
  names: readonly string[],
): Promise<GroupPicture | undefined> {
  const png = await readPngRecord(join(folder, file));
  if (!png || png.width < 1 || png.height < 1) return undefined;
  const parsed = pictureRecord.safeParse(png.record ?? {});
  const { model, choice, delta, ...fields } = parsed.success ? parsed.data : pictureRecord.parse({});
  const label = choice?.label ?? delta?.name ?? model;
  return {
    ...fields,
    file,
    width: png.width,
    height: png.height,
    seed: png.record === undefined ? Number(/-(\d+)\.png$/.exec(file)?.[1] ?? 0) : fields.seed,
    model: {
      ...(delta?.strength === undefined ? {} : { strength: delta.strength }),
      ...choice,
      ...(label ? { label } : {}),
    },
    hasAttention: names.includes(file.replace(/\.png$/, '.attention.safetensors')),
  };
}
