import { parseFreezeMode } from '../freezeModes';
import { checkTrainConfig } from './checkTrainConfig';
import type { ResolvedConcept, ResolvedTrainConfig } from './resolvedTrainConfig';
import { trainConfigSchema, type ConceptConfig, type TrainConfig } from './trainConfig';
import { defaultOutput, defaultInitialisers, defaultsFor, defaultTemplates, type TrainDefaults } from './trainDefaults';

/** What is known of the base model when a configuration is completed. */
export interface BaseTraits {
  /** The size the model was trained at, in pixels: the default resolution. */
  resolution?: number;
  /** What a resolution must be a multiple of, in pixels. */
  resolutionMultiple?: number;
}

/**
 * Fills in every default, by base model and number of concepts.
 * @throws ProductError `bad-config` at the JSON path of the first problem.
 */
export function resolveTrainConfig(partial: TrainConfig, traits: BaseTraits = {}): ResolvedTrainConfig {
  const config = checkTrainConfig(partial, traits.resolutionMultiple);
  const defaults = defaultsFor(config.base, config.concepts.length);
  const concepts = resolveConcepts(config.concepts, defaults);
  const instanceRows = config.instanceRows ?? Math.max(defaults.instanceRows, concepts.length);
  const anyPrior = concepts.some(({ prior }) => prior.kind !== 'none');
  const resolved: ResolvedTrainConfig = {
    base: config.base,
    output: config.output ?? defaultOutput,
    name: config.name ?? defaultName(concepts),
    concepts,
    ...(config.layers
      ? { layers: config.layers }
      : { mode: config.mode ? parseFreezeMode(config.mode) : defaults.mode }),
    resolution: config.resolution ?? traits.resolution ?? defaults.resolution,
    steps: config.steps ?? defaults.steps,
    learningRate: config.learningRate ?? defaults.learningRate,
    scaleLearningRate: false,
    modifierLearningRate:
      config.modifierLearningRate ?? config.learningRate ?? defaults.modifierLearningRate ?? defaults.learningRate,
    instanceRows,
    priorRows: config.priorRows ?? (anyPrior ? defaultPriorRows(config, instanceRows, defaults) : 0),
    priorLossWeight: config.priorLossWeight ?? 1,
    lossWeighting: config.lossWeighting ?? 'paper',
    gradientAccumulation: config.gradientAccumulation ?? 1,
    gradientClip: config.gradientClip ?? defaults.gradientClip,
    weightDecay: config.weightDecay ?? 0.01,
    schedule: config.schedule ?? defaults.schedule,
    warmupSteps: config.warmupSteps ?? 0,
    minTimestep: config.minTimestep ?? defaults.minTimestep,
    seed: config.seed ?? 42,
    augmentation: {
      enabled: config.augmentation?.enabled ?? defaults.augmentation,
      flip: config.augmentation?.flip ?? true,
    },
    latentPool: config.latentPool ?? defaults.latentPool,
    recompute: config.recompute ?? 'auto',
    checkpointEvery: config.checkpointEvery ?? defaults.checkpointEvery,
    keepCheckpoints: config.keepCheckpoints ?? 2,
    sample: {
      ...defaults.sample,
      prompts: samplePrompts(concepts),
      seeds: [1, 2, 3, 4],
      captureAttention: true,
      ...defined(config.sample),
    },
    device: config.device ?? 'auto',
    precision: config.precision ?? 'auto',
    ...(config.threads ? { threads: config.threads } : {}),
  };
  return config.scaleLearningRate ? scaleRates(resolved, config) : resolved;
}

/** As many as instance rows, unless the base has a number of its own and the instance rows are the default ones too. */
function defaultPriorRows(config: TrainConfig, instanceRows: number, { priorRows }: TrainDefaults): number {
  return config.instanceRows === undefined && priorRows !== undefined ? priorRows : instanceRows;
}

/** The rule of `--scale_lr`: the base rate times the rows of a batch, times the batches that make one step. */
function scaleRates(resolved: ResolvedTrainConfig, written: TrainConfig): ResolvedTrainConfig {
  const factor = (resolved.instanceRows + resolved.priorRows) * resolved.gradientAccumulation;
  // A default rate is effective already; only what the user wrote is a base rate.
  const learningRate = resolved.learningRate * (written.learningRate === undefined ? 1 : factor);
  if (written.learningRate === undefined && written.modifierLearningRate === undefined) return resolved;
  const modifier = written.modifierLearningRate;
  return { ...resolved, learningRate, modifierLearningRate: modifier === undefined ? learningRate : modifier * factor };
}

function resolveConcepts(concepts: readonly ConceptConfig[], defaults: TrainDefaults): ResolvedConcept[] {
  const taken = new Set(concepts.map(({ modifierToken }) => modifierToken?.toLowerCase()));
  return concepts.map((concept, i) => {
    const modifierToken = concept.modifierToken ?? freeToken(i + 1, taken);
    taken.add(modifierToken.toLowerCase());
    const style = concept.style ?? false;
    const template = concept.template ?? defaultTemplates[style ? 'style' : 'subject'];
    return {
      folder: concept.folder,
      ...(concept.exclude?.length ? { exclude: concept.exclude } : {}),
      classNoun: concept.classNoun.trim(),
      modifierToken,
      initialiser: concept.initialiser ?? defaultInitialisers[i % defaultInitialisers.length]!,
      captions: concept.captions ?? 'template',
      template,
      style,
      prior: {
        kind: 'generated',
        ...defaults.prior,
        prompt: template.replace('{}', () => concept.classNoun.trim()),
        ...defined(concept.prior),
      },
      weight: concept.weight ?? 1,
    };
  });
}

function freeToken(from: number, taken: ReadonlySet<string | undefined>): string {
  let k = from;
  while (taken.has(`<new${k}>`)) k++;
  return `<new${k}>`;
}

/** Each concept alone, and the first few in one picture. */
function samplePrompts(concepts: readonly ResolvedConcept[]): string[] {
  const subject = (c: ResolvedConcept) => `${c.modifierToken} ${c.classNoun}`;
  const prompts = concepts.slice(0, 8).map((c) => c.template.replace('{}', () => subject(c)));
  // More than three would not fit into one picture, nor into one prompt.
  const subjects = concepts.filter(({ style }) => !style).slice(0, 3);
  if (subjects.length > 1) prompts.push(`photo of a ${subjects.map(subject).join(' and a ')}`);
  return prompts;
}

function defaultName(concepts: readonly ResolvedConcept[]): string {
  const words = concepts.slice(0, 3).map(({ classNoun }) => classNoun.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-'));
  const name = Array.from(words.join('-'))
    .slice(0, 40)
    .join('')
    .replace(/^-+|-+$/g, '');
  return trainConfigSchema.shape.name.safeParse(name).success ? name : 'concept';
}

/** The fields that are there: an explicit `undefined` must not hide a default. */
function defined<T extends object>(value: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as never;
}
