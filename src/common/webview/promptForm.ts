import type { SamplerName } from '../samplerNames';

/** What a comparison can vary. */
export const axisKinds = ['none', 'seed', 'model', 'strength', 'guidance', 'steps', 'sampler', 'prompt'] as const;

/** One of the things a comparison can vary; `none` leaves it at the form's value. */
export type AxisKind = (typeof axisKinds)[number];

/** One axis of a comparison as it is written in the form. */
export interface CompareAxis {
  kind: AxisKind;
  /** Numbers such as "0, 0.5, 1", seeds such as "1-4, 9", or prompts, one a line. */
  text: string;
  /** Chosen models (by id) or samplers. */
  choices: string[];
}

/** The two axes: `x` runs over the columns, `y` over the rows. */
export interface CompareForm {
  x: CompareAxis;
  y: CompareAxis;
}

/** Everything the prompt view lets one enter, as it is entered. */
export interface PromptForm {
  prompt: string;
  negativePrompt: string;
  /** Id of one of the {@link ModelOption}s. */
  model: string;
  strength: number;
  sampler: SamplerName;
  steps: number;
  guidance: number;
  /** Seeds count up from the first, or are listed. */
  seedMode: 'count' | 'list';
  count: number;
  firstSeed: number;
  /** Such as "1-4, 9". */
  seedList: string;
  /** Pixels. */
  width: number;
  height: number;
  captureAttention: boolean;
  compare: CompareForm;
}

/** A model that can be chosen: a base, the newest delta of a run, a checkpoint, a delta file. */
export interface ModelOption {
  id: string;
  kind: 'base' | 'run' | 'checkpoint' | 'file';
  label: string;
  base?: string;
  delta?: string;
  /** For a checkpoint: the id of its run's option. */
  run?: string;
  /** The freeze mode of a run. */
  mode?: string;
  /** Modifier tokens it has learned, with the class noun of each where it is known. */
  tokens: { token: string; classNoun?: string }[];
}

/** What the form needs to know of the chosen model. */
export interface ModelFacts {
  /** The option they belong to. */
  id: string;
  resolution: number;
  sizeMultiple: number;
  steps: number;
  guidance: number;
}

/** Largest side and counts that the runtime takes. */
export const formLimits = {
  side: { min: 8, max: 4096 },
  steps: { min: 1, max: 1000 },
  guidance: { min: 0, max: 100 },
  strength: { min: 0, max: 1.5 },
  pictures: { min: 1, max: 1000 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
} as const;

/** An axis that varies nothing. */
export const noAxis: CompareAxis = { kind: 'none', text: '', choices: [] };
