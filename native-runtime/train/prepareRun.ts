import { join, resolve } from 'node:path';
import { nearestResolution, pocketBase } from '../../src/common/config/configLimits';
import {
  configWarnings,
  trainableSelection,
  type ResolvedConcept,
  type ResolvedTrainConfig,
} from '../../src/common/config/resolvedTrainConfig';
import type { BaseTraits } from '../../src/common/config/resolveTrainConfig';
import { ProductError } from '../../src/common/errors';
import { unmatchedPatterns } from '../../src/common/freezeModes';
import { type ConceptFolder, readConceptFolder } from '../data/conceptFolder';
import { type PriorFolder, readPriorFolder, sharedPictureWarnings } from '../data/priorFolder';
import type { ScanOptions } from '../data/pictureScan';
import type { BaseModel } from '../models/baseModel';
import { loadBaseModel } from '../models/loadBaseModel';
import { sizeMultiple } from '../sample/generationRequest';
import { PromptTokens } from '../sample/promptTokens';
import { createScheduler } from '../sample/schedulers/createScheduler';
import { elementCount, type TensorData } from '../tensorData';
import { baseContentHash } from './baseIdentity';
import { checkCaptions } from './captionChecks';
import type { GraphShape } from './diffusionGraph';
import { diskNeeds } from './diskNeeds';
import { requireDiskSpace } from './diskSpace';
import { initialiserIds, initialWeights } from './initialWeights';
import { defaultOptimizer } from './optimizer';
import { PromptEncoder } from './promptEncoder';
import { essentialConfig, type RunIdentity } from './runIdentity';
import { trainedShapes, type StepOptions } from './stepGraph';

/** A concept with its pictures read. */
export interface PreparedConcept {
  config: ResolvedConcept;
  folder: ConceptFolder;
  /** For prior kind `folder`. */
  priorFolder?: PriorFolder;
}

/** A run of which everything was read and checked; nothing was computed or written yet. */
export interface PreparedRun {
  config: ResolvedTrainConfig;
  base: BaseModel;
  concepts: PreparedConcept[];
  prompts: PromptEncoder;
  graphShape: GraphShape;
  stepOptions: StepOptions;
  /** What is trained, by name, as it is before the first step. */
  initialWeights: Map<string, TensorData>;
  identity: RunIdentity;
  /** Folder of encoded pictures and drawn prior pictures, shared by runs. */
  cacheFolder: string;
  /** What the user should know, in one sentence each. */
  warnings: string[];
}

/** Where things lie on this machine, and how the caller follows the reading. */
export interface PrepareOptions extends Pick<ScanOptions, 'signal'> {
  /** The folder of the base model "pocket". */
  pocketFolder: string;
  /** Folder of the CLIP vocabulary, for single-file bases. */
  clipTokenizer?: string;
  /** Where caches are kept; `.cache` in the folder of runs if left out. */
  cacheFolder?: string;
  /** Pictures read so far, over all concepts' folders. */
  onProgress?: (done: number) => void;
  /** Bytes that may be written to the disk of a folder; asked of the system if left out. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** Opens the base model of a configuration. @throws ProductError as `loadBaseModel`. */
export function loadConfiguredBase(
  base: string,
  options: Pick<PrepareOptions, 'pocketFolder' | 'clipTokenizer'>,
): Promise<BaseModel> {
  return loadBaseModel(base === pocketBase ? options.pocketFolder : base, { clipTokenizer: options.clipTokenizer });
}

/** What a base model says about resolutions, for completing a configuration. */
export function traitsOf(base: BaseModel): BaseTraits {
  return {
    resolution: base.unet.config.sampleSize * base.vae.config.scaleFactor,
    resolutionMultiple: sizeMultiple(base),
  };
}

/**
 * Reads and checks everything that a run needs. All errors of input appear here, before any work.
 * @throws ProductError naming the field, file or folder at fault.
 */
export async function prepareRun(config: ResolvedTrainConfig, options: PrepareOptions): Promise<PreparedRun> {
  requireDevice(config);
  const base = await loadConfiguredBase(config.base, options);
  requireResolution(config, base);
  const selection = requireSelection(config, base);
  createScheduler(config.sample.scheduler, base.scheduler, config.sample.steps);
  const prompts = await PromptEncoder.load(
    base,
    config.concepts.map(({ modifierToken }) => modifierToken),
  );
  for (const concept of config.concepts) for (const tokenizer of prompts.tokenizers) initialiserIds(tokenizer, concept);
  const warnings = [...configWarnings(config), ...(await promptWarnings(config, base, prompts))];
  const concepts = await readConcepts(config, options, warnings);
  warnings.push(...checkCaptions(config, concepts, prompts));
  const stepOptions = stepOptionsOf(config);
  const shapes = trainedShapes(base, stepOptions);
  const parameters = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const needs = diskNeeds(
    config,
    base,
    parameters,
    concepts.map(({ folder }) => folder.pictures.length),
  );
  const output = resolve(config.output);
  await requireDiskSpace(output, needs.atStart, options.freeBytes);
  const cells = config.resolution / base.vae.config.scaleFactor;
  return {
    config,
    base,
    concepts,
    prompts,
    graphShape: { rows: config.instanceRows + config.priorRows, height: cells, width: cells },
    stepOptions,
    initialWeights: await initialWeights(base, selection, prompts, config.concepts),
    identity: await identityOf(config, base, concepts),
    cacheFolder: resolve(options.cacheFolder ?? join(output, '.cache')),
    warnings,
  };
}

/** How a configuration trains, for building graphs. */
export function stepOptionsOf(config: ResolvedTrainConfig): StepOptions {
  return {
    instanceRows: config.instanceRows,
    priorLossWeight: config.priorLossWeight,
    weighting: config.lossWeighting,
    selection: trainableSelection(config),
    modifiers: config.concepts.length,
    optimizer: { ...defaultOptimizer, weightDecay: config.weightDecay, clip: config.gradientClip },
    accumulation: config.gradientAccumulation,
  };
}

function requireDevice({ device }: ResolvedTrainConfig): void {
  if (device !== 'auto' && device !== 'cpu')
    throw new ProductError(
      'bad-config',
      'device',
      `training on "${device}" is not possible yet`,
      'Use "auto" or "cpu"',
    );
}

function requireResolution({ resolution }: ResolvedTrainConfig, base: BaseModel): void {
  const nearest = nearestResolution(resolution, sizeMultiple(base));
  if (nearest !== resolution)
    throw new ProductError(
      'bad-config',
      'resolution',
      `${resolution} is not a size this base model can work at`,
      `The nearest is ${nearest}`,
    );
}

function requireSelection(config: ResolvedTrainConfig, base: BaseModel) {
  const names = [...base.unet.sources.keys()];
  const [unmatched] = unmatchedPatterns(names, config.layers ?? []);
  if (unmatched !== undefined)
    throw new ProductError(
      'bad-config',
      'layers',
      `"${unmatched}" matches no attention layer of this base model`,
      'The command "layers" lists them',
    );
  return trainableSelection(config);
}

/** Checks the prompts of samples, and those of prior pictures, which the base alone must understand. */
async function promptWarnings(config: ResolvedTrainConfig, base: BaseModel, prompts: PromptEncoder): Promise<string[]> {
  const warnings = config.sample.every
    ? config.sample.prompts.flatMap((prompt, i) => prompts.check(prompt, `sample.prompts[${i}]`))
    : [];
  const plain = await PromptTokens.load(base, []);
  config.concepts.forEach(({ prior }, i) => {
    if (prior.kind !== 'none') warnings.push(...plain.check(prior.prompt, `concepts[${i}].prior.prompt`));
  });
  return warnings;
}

async function readConcepts(
  config: ResolvedTrainConfig,
  options: PrepareOptions,
  warnings: string[],
): Promise<PreparedConcept[]> {
  let read = 0;
  const scan: ScanOptions = { signal: options.signal, onProgress: () => options.onProgress?.(++read) };
  const concepts: PreparedConcept[] = [];
  for (const concept of config.concepts) {
    const folder = await readConceptFolder(concept.folder, concept, { ...scan, resolution: config.resolution });
    warnings.push(...folderWarnings(folder));
    const prepared: PreparedConcept = { config: concept, folder };
    if (concept.prior.kind === 'folder' && config.priorRows > 0) {
      prepared.priorFolder = await readPriorFolder(concept.prior.folder!, concept.prior.count, scan);
      const shared = sharedPictureWarnings(folder.pictures, prepared.priorFolder.pictures);
      warnings.push(
        ...folderWarnings({ ...prepared.priorFolder, warnings: [...prepared.priorFolder.warnings, ...shared] }),
      );
    }
    concepts.push(prepared);
  }
  return concepts;
}

function folderWarnings({
  folder,
  skipped,
  warnings,
}: Pick<ConceptFolder, 'folder' | 'skipped' | 'warnings'>): string[] {
  return [
    ...skipped.map(({ file, reason }) => `${join(folder, file)}: not used: ${reason}`),
    ...warnings.map(({ file, problem }) => `${file ? join(folder, file) : folder}: ${problem}`),
  ];
}

async function identityOf(
  config: ResolvedTrainConfig,
  base: BaseModel,
  concepts: readonly PreparedConcept[],
): Promise<RunIdentity> {
  return {
    config: essentialConfig(config),
    base: { family: base.family, fingerprint: base.fingerprint, content: await baseContentHash(base) },
    concepts: concepts.map(({ folder, priorFolder }) => ({
      pictures: Object.fromEntries(folder.pictures.map(({ file, sha256, caption }) => [file, { sha256, caption }])),
      priors: Object.fromEntries((priorFolder?.pictures ?? []).map(({ file, sha256 }) => [file, sha256])),
    })),
  };
}
