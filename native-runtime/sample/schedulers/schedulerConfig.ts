import { join } from 'node:path';
import { z } from 'zod';
import { ProductError } from '../../../src/common/errors';
import { readJsonObject } from '../../formats/jsonFile';

const spacing = z.enum(['leading', 'trailing', 'linspace']);

/** How inference timesteps are picked from the training timesteps. */
export type TimestepSpacing = z.infer<typeof spacing>;

/**
 * The settings of `scheduler_config.json` that matter here. Those that differ in default from solver to solver are undefined when
 * the file lacks them; each solver then uses its own default, as diffusers does.
 */
export interface SchedulerConfig {
  trainTimesteps: number;
  betaStart: number;
  betaEnd: number;
  betaSchedule: 'linear' | 'scaled_linear';
  trainedBetas?: readonly number[];
  predictionType: 'epsilon' | 'v_prediction';
  stepsOffset: number;
  timestepSpacing?: TimestepSpacing;
  setAlphaToOne?: boolean;
  skipPrkSteps?: boolean;
  /** Whether DDIM limits its estimate of the picture to ±`clipSampleRange`. Latents are not limited, so the default is not to. */
  clipSample: boolean;
  clipSampleRange: number;
}

const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);
const beta = z.number().gt(0).lt(1);
const fileSchema = z.object({
  num_train_timesteps: optional(z.number().int().min(2).max(100_000)),
  beta_start: optional(beta),
  beta_end: optional(beta),
  beta_schedule: optional(z.string()),
  trained_betas: optional(z.array(beta).min(2)),
  prediction_type: optional(z.string()),
  steps_offset: optional(z.number().int().min(0)),
  timestep_spacing: optional(spacing),
  set_alpha_to_one: optional(z.boolean()),
  skip_prk_steps: optional(z.boolean()),
  clip_sample: optional(z.boolean()),
  clip_sample_range: optional(z.number().positive()),
});

/** Switches that change the mathematics and are not implemented: refused when on, rather than ignored. */
const unsupportedSwitches = ['thresholding', 'rescale_betas_zero_snr', 'use_flow_sigmas'] as const;

/**
 * Reads `scheduler_config.json` in a scheduler folder.
 * @throws ProductError `not-found`, `bad-file`, `bad-config` (a field of the wrong type), `unsupported-model` (a prediction type, beta
 * schedule or switch that is not implemented).
 */
export async function loadSchedulerConfig(folder: string): Promise<SchedulerConfig> {
  const path = join(folder, 'scheduler_config.json');
  return parseSchedulerConfig(await readJsonObject(path), path);
}

/**
 * The settings in the parsed JSON of a `scheduler_config.json`; missing fields get diffusers' defaults.
 * @throws ProductError as `loadSchedulerConfig`; `where` names the file.
 */
export function parseSchedulerConfig(json: Record<string, unknown>, where: string): SchedulerConfig {
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ProductError('bad-config', where, `${issue.path.join('.')}: ${issue.message}`, 'Download the file again');
  }
  for (const name of unsupportedSwitches) if (json[name] === true) throw unsupported(where, `${name} is not supported`);
  const file = parsed.data;
  return {
    trainTimesteps: file.trained_betas?.length ?? file.num_train_timesteps ?? 1000,
    betaStart: file.beta_start ?? 0.0001,
    betaEnd: file.beta_end ?? 0.02,
    betaSchedule: oneOf(file.beta_schedule ?? 'linear', ['linear', 'scaled_linear'], 'beta_schedule', where),
    trainedBetas: file.trained_betas,
    predictionType: oneOf(file.prediction_type ?? 'epsilon', ['epsilon', 'v_prediction'], 'prediction_type', where),
    stepsOffset: file.steps_offset ?? 0,
    timestepSpacing: file.timestep_spacing,
    setAlphaToOne: file.set_alpha_to_one,
    skipPrkSteps: file.skip_prk_steps,
    clipSample: file.clip_sample ?? false,
    clipSampleRange: file.clip_sample_range ?? 1,
  };
}

function oneOf<const T extends string>(value: string, known: readonly T[], field: string, where: string): T {
  const found = known.find((item) => item === value);
  if (found === undefined)
    throw unsupported(where, `${field} ${JSON.stringify(value)} is not one of ${known.join(', ')}`);
  return found;
}

function unsupported(where: string, problem: string): ProductError {
  return new ProductError('unsupported-model', where, problem, 'Use a Stable Diffusion 1.x, 2.x or XL base');
}
