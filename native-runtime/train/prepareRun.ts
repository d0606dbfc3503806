import { join, resolve } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { trainableSelection, type ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { BaseTraits } from '../../src/common/config/resolveTrainConfig';
import type { RunsOn } from '../device/requireDevice';
import type { BaseModel } from '../models/baseModel';
import { loadBaseModel } from '../models/loadBaseModel';
import { sizeMultiple } from '../sample/generationRequest';
import type { TensorData } from '../tensorData';
import { baseContentHash } from './baseIdentity';
import { BaseWatch } from './baseWatch';
import type { GraphShape } from './diffusionGraph';
import { examineRun, throwFirst, type ExamineOptions, type PreparedConcept } from './examineRun';
import { inMemory } from './memoryChoice';
import { initialWeights } from './initialWeights';
import type { PromptEncoder } from './promptEncoder';
import { essentialConfig, type RunIdentity } from './runIdentity';
import { sessionOptions } from './sessionOptions';
import { stepOptionsOf, type StepOptions } from './stepGraph';

/** A run of which everything was read and checked; nothing was computed or written yet. */
export interface PreparedRun {
  config: ResolvedTrainConfig;
  base: BaseModel;
  concepts: PreparedConcept[];
  prompts: PromptEncoder;
  graphShape: GraphShape;
  stepOptions: StepOptions;
  /** What its graphs run on. */
  session: RunsOn;
  /** Reads what is trained, by name, as it is before the first step. A run that goes on does not need it. */
  readInitialWeights: () => Promise<Map<string, TensorData>>;
  identity: RunIdentity;
  /** Notices a change of the base's files. */
  baseWatch: BaseWatch;
  /** Folder of encoded pictures and drawn prior pictures, shared by runs. */
  cacheFolder: string;
  /** What the user should know, in one sentence each. */
  warnings: string[];
}

/** Where things lie on this machine, and how the caller follows the reading. */
export interface PrepareOptions extends ExamineOptions {
  /** The folder of the base model "pocket". */
  pocketFolder: string;
  /** Folder of the CLIP vocabulary, for single-file bases. */
  clipTokenizer?: string;
  /** Change a run that needs more memory than the machine has as little as it must be, where there is only a warning otherwise. */
  fit?: boolean;
  /** Bytes of memory; asked of the system if left out. */
  memory?: number;
  /** Where caches are kept; `.cache` in the folder of runs if left out. */
  cacheFolder?: string;
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
export async function prepareRun(asked: ResolvedTrainConfig, options: PrepareOptions): Promise<PreparedRun> {
  const base = await loadConfiguredBase(asked.base, options);
  const baseWatch = await BaseWatch.of(base);
  const asWritten = await examineRun(asked, base, options, throwFirst);
  const { config, recompute, warnings } = inMemory(asked, base, options);
  // What is said of pictures depends on the resolution.
  const examined = config === asked ? asWritten : await examineRun(config, base, options, throwFirst);
  // Every check has passed, or it would have thrown.
  const concepts = examined.concepts as PreparedConcept[];
  const prompts = examined.prompts!;
  const cells = config.resolution / base.vae.config.scaleFactor;
  return {
    config,
    base,
    concepts,
    prompts,
    graphShape: { rows: config.instanceRows + config.priorRows, height: cells, width: cells },
    stepOptions: { ...stepOptionsOf(config), recompute },
    session: await sessionOptions(config),
    readInitialWeights: () => initialWeights(base, trainableSelection(config), prompts, config.concepts),
    identity: await identityOf(config, base, concepts),
    baseWatch,
    cacheFolder: resolve(options.cacheFolder ?? join(config.output, '.cache')),
    warnings: [...warnings, ...examined.warnings],
  };
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
