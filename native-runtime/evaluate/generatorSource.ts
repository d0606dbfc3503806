import type { GenerationRequest } from '../sample/generationRequest';
import type { GenerationHooks, Generator } from '../sample/generator';
import type { PictureSource } from './survey';

/** How all pictures of a measurement are made. */
export type SampleSettings = Pick<GenerationRequest, 'width' | 'height' | 'steps' | 'scheduler' | 'guidanceScale'>;

const LARGEST_BATCH = 16;
const SMALLEST_BATCH = 8;
/** Latent cells of a batch, all pictures together: those of one 512-pixel picture. */
const BATCH_CELLS = 4096;

/** Pictures of a base model or a fine-tune. */
export function generatorSource(
  generator: Generator,
  settings: SampleSettings,
  hooks: GenerationHooks = {},
): PictureSource {
  return (prompt, seeds) => generator.generate(measuredRequest(generator, settings, prompt, seeds), hooks);
}

/** The request for a measured prompt; without seeds there is none. */
export function measuredRequest(
  { model }: Generator,
  settings: SampleSettings,
  prompt: string,
  seeds: readonly number[],
): GenerationRequest {
  const cells = (settings.width * settings.height) / model.base.vae.config.scaleFactor ** 2;
  return { ...settings, prompt, seeds, batch: batchFor(seeds.length, cells) };
}

/**
 * Pictures made at once. Where many fit, a number that divides all of them: a smaller last batch would need a graph of
 * its own.
 */
export function batchFor(pictures: number, cells: number): number {
  const most = Math.min(LARGEST_BATCH, Math.max(1, Math.floor(BATCH_CELLS / cells)));
  if (pictures <= most) return Math.max(1, pictures);
  for (let batch = most; batch >= Math.min(most, SMALLEST_BATCH); batch--) if (pictures % batch === 0) return batch;
  return most;
}
