import type { FreezeMode } from '../freezeModes';
import { pocketBase } from './configLimits';
import type { SamplerName } from '../samplerNames';

/** Values for what a configuration leaves out. Rates are effective: nothing multiplies them. */
export interface TrainDefaults {
  mode: FreezeMode;
  /** Pixels. */
  resolution: number;
  steps: number;
  learningRate: number;
  /** Of the modifier tokens; that of the weights if left out. */
  modifierLearningRate?: number;
  /** At least this many rows show concepts; a joint run has one for each concept if that is more. */
  instanceRows: number;
  /** As many as instance rows if left out. */
  priorRows?: number;
  schedule: 'constant' | 'cosine';
  minTimestep: number;
  /** Whether the subject is also shown at other sizes. */
  augmentation: boolean;
  gradientClip: number;
  latentPool: number;
  checkpointEvery: number;
  prior: { count: number; steps: number; guidanceScale: number };
  sample: {
    every: number;
    scheduler: SamplerName;
    steps: number;
    guidanceScale: number;
  };
}

/** The published recipe: base rate 1e-5 times four rows, 250 steps for one concept, twice that for several. */
const stableDiffusion: TrainDefaults = {
  mode: 'crossattn-kv',
  resolution: 512,
  steps: 250,
  learningRate: 4e-5,
  instanceRows: 2,
  schedule: 'constant',
  minTimestep: 0,
  augmentation: true,
  gradientClip: 1,
  latentPool: 16,
  checkpointEvery: 50,
  prior: { count: 200, steps: 50, guidanceScale: 6 },
  sample: { every: 50, scheduler: 'ddim', steps: 50, guidanceScale: 6 },
};

/**
 * What a small model needs, tried on two of the sample concepts with 12 pictures each (media/pocket/TRAINING.md). Its world has two
 * sizes, so other ones only disturb it; what an animal looks like is settled while much noise is left; and rates that reach the
 * looks within a minute have to fall to leave clean pictures.
 */
const pocket: TrainDefaults = {
  mode: 'crossattn',
  resolution: 64,
  steps: 160,
  learningRate: 4e-3,
  modifierLearningRate: 2e-2,
  instanceRows: 6,
  priorRows: 2,
  schedule: 'cosine',
  minTimestep: 400,
  augmentation: false,
  gradientClip: 1,
  latentPool: 16,
  checkpointEvery: 80,
  prior: { count: 32, steps: 25, guidanceScale: 4 },
  sample: { every: 80, scheduler: 'ddim', steps: 25, guidanceScale: 4 },
};

/** Every default that depends on the base model and on whether one concept is taught or several at once. */
export const trainDefaults: Record<'stableDiffusion' | 'pocket', Record<'single' | 'joint', TrainDefaults>> = {
  stableDiffusion: { single: stableDiffusion, joint: { ...stableDiffusion, steps: 500 } },
  pocket: { single: pocket, joint: { ...pocket, steps: 240 } },
};

/** Where runs go. */
export const defaultOutput = '.custom-diffusion/runs';

/** The words the first modifier tokens start from; more concepts begin again with the first. */
export const defaultInitialisers = ['ktn', 'pll', 'ucd'] as const;

/** Captions with `{}` where the subject goes, for a subject and for a style of painting. */
export const defaultTemplates = { subject: 'photo of a {}', style: 'painting in the style of {}' } as const;

/** The row of the table for a base model and a number of concepts. */
export function defaultsFor(base: string, conceptCount: number): TrainDefaults {
  return trainDefaults[base === pocketBase ? 'pocket' : 'stableDiffusion'][conceptCount > 1 ? 'joint' : 'single'];
}
