import { z } from 'zod';
import { ProductError } from '../../src/common/errors';
import { samplerNames } from '../../src/common/samplerNames';
import { tableRow } from '../delta/delta';
import type { BaseModel } from '../models/baseModel';
import { Generator } from '../sample/generator';
import { parseSchedulerConfig } from '../sample/schedulers/schedulerConfig';
import type { TunedWeights } from '../sample/tunedWeights';
import { float32, type TensorData } from '../tensorData';
import { limits } from './limits';
import type { Recording } from './recording';
import type { Report } from './report';
import { schedulerSettings } from './schedulerChecks';
import { modifierTokens } from './tokenizerChecks';

const sampleFile = z.object({
  prompt: z.string(),
  negative: z.string(),
  scheduler: z.enum(samplerNames),
  steps: z.number().int().positive(),
  guidance_scale: z.number(),
  eta: z.number(),
});

/** A whole picture: prompts to latents by all steps with guidance, from recorded noise, and the picture decoded from them. */
export async function sampleChecks(recording: Recording, report: Report): Promise<void> {
  const settings = await recording.json('sample', sampleFile);
  const recorded = await recording.tensors('sample');
  const initial = recorded.get('initial');
  const [, , height, width] = initial.shape as [number, number, number, number];
  const base = await withRecordedSolver(recording, settings.scheduler);
  const { scaleFactor } = base.vae.config;
  const generator = await Generator.create(base, {
    tuned: await modifierEmbeddings(recording),
    session: recording.session,
  });
  const request = {
    prompt: settings.prompt,
    negativePrompt: settings.negative,
    seeds: [0],
    width: width * scaleFactor,
    height: height * scaleFactor,
    steps: settings.steps,
    scheduler: settings.scheduler,
    guidanceScale: settings.guidance_scale,
    eta: settings.eta,
    initialNoise: [initial.data as Float32Array],
  };
  for await (const { latents } of generator.generate(request)) {
    const image = await generator.model.decode(latents, height, width);
    report.compare('sample latents', as(recorded.get('latents'), latents), recorded.get('latents'), limits.picture);
    report.compare('sample image', as(recorded.get('image'), image), recorded.get('image'), limits.picture);
  }
  await generator.release();
}

/** The base with the settings recorded for a solver: its own configuration may be that of another one. */
async function withRecordedSolver(recording: Recording, solver: string): Promise<BaseModel> {
  const settings = await recording.json('schedulers', schedulerSettings);
  const where = recording.path('schedulers.json');
  const key = Object.keys(settings).find((name) => name.startsWith(`${solver}.`));
  if (!key) throw new ProductError('bad-file', where, `the recording lacks settings of ${solver}`);
  return { ...recording.base, scheduler: parseSchedulerConfig(settings[key]!, where) };
}

async function modifierEmbeddings(recording: Recording): Promise<TunedWeights> {
  const recorded = await recording.tensors('text_encoder');
  const tables = recording.base.textEncoders.map((_, i) => recorded.get(`modifier_rows.${i}`));
  const tokens = await modifierTokens(recording);
  return {
    unet: new Map(),
    modifierTokens: new Map(tokens.map((token, k) => [token, tables.map((table) => tableRow(table, k))])),
  };
}

/** Values of one picture in the recorded shape; another number of them fits no shape. */
function as({ shape, data }: TensorData, values: Float32Array): TensorData {
  return float32(values.length === data.length ? shape : [values.length], values);
}
