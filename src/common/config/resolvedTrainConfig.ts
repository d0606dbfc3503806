import type { FreezeMode, TrainableSelection } from '../freezeModes';
import type { SamplerName } from '../samplerNames';

/** One concept with every default filled in. */
export interface ResolvedConcept {
  folder: string;
  /** File names that are not used; absent when all are. */
  exclude?: string[];
  classNoun: string;
  modifierToken: string;
  initialiser: string;
  captions: 'template' | 'fileNames' | 'text';
  template: string;
  style: boolean;
  prior: ResolvedPrior;
  weight: number;
}

/** Where the pictures of a concept's class come from. `folder` is there for kind `folder` only. */
export interface ResolvedPrior {
  kind: 'generated' | 'folder' | 'none';
  count: number;
  prompt: string;
  folder?: string;
  steps: number;
  guidanceScale: number;
}

/** A complete training configuration. Written out as JSON it is a valid configuration that resolves to itself. */
export interface ResolvedTrainConfig {
  base: string;
  output: string;
  name: string;
  concepts: ResolvedConcept[];
  /** Absent when `layers` says what learns. */
  mode?: FreezeMode;
  layers?: string[];
  /** Pixels. */
  resolution: number;
  steps: number;
  /** The rate that the optimiser uses. */
  learningRate: number;
  scaleLearningRate: false;
  modifierLearningRate: number;
  instanceRows: number;
  priorRows: number;
  priorLossWeight: number;
  lossWeighting: 'paper' | 'diffusers';
  gradientAccumulation: number;
  gradientClip: number;
  weightDecay: number;
  schedule: 'constant' | 'linear' | 'cosine';
  warmupSteps: number;
  /** Timesteps below are not trained. */
  minTimestep: number;
  seed: number;
  augmentation: { enabled: boolean; flip: boolean };
  latentPool: number;
  /** Whether blocks are computed again in the backward pass, which changes no number; `auto` when memory is short. */
  recompute: 'auto' | 'none' | 'blocks';
  checkpointEvery: number;
  keepCheckpoints: number;
  sample: {
    every: number;
    prompts: string[];
    seeds: number[];
    scheduler: SamplerName;
    steps: number;
    guidanceScale: number;
    captureAttention: boolean;
  };
  device: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  /** Whether products are computed in 16 bits; `auto` where the device has them. */
  precision: 'auto' | 'single' | 'mixed';
  threads?: number;
}

/** What the configuration lets learn, in the form that `matchesTrainable` takes. */
export function trainableSelection(config: ResolvedTrainConfig): TrainableSelection {
  return config.layers ?? config.mode ?? 'crossattn-kv';
}

/** How often one picture differs from itself: the pool has a single view when nothing is drawn at random. */
export function viewsPerPicture(config: Pick<ResolvedTrainConfig, 'augmentation' | 'latentPool'>): number {
  return config.augmentation.enabled || config.augmentation.flip ? config.latentPool : 1;
}

/** What is allowed but probably not meant, in one sentence each. */
export function configWarnings(config: ResolvedTrainConfig): string[] {
  const warnings: string[] = [];
  for (const field of ['learningRate', 'modifierLearningRate'] as const)
    if (config[field] > 0.05)
      warnings.push(`${field}: ${config[field]} is so high that the training will likely diverge`);
  if (config.priorRows === 0 || config.priorLossWeight === 0)
    warnings.push('priorRows: without prior pictures the whole class drifts towards the subject');
  const folders = config.concepts.map(({ folder }) => folder);
  if (new Set(folders).size < folders.length) warnings.push('concepts: two concepts share one folder of pictures');
  return warnings;
}
