import { join, resolve } from 'node:path';
import { nearestResolution } from '../../src/common/config/configLimits';
import {
  configWarnings,
  trainableSelection,
  type ResolvedConcept,
  type ResolvedTrainConfig,
} from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { unmatchedPatterns } from '../../src/common/freezeModes';
import { type ConceptFolder, readConceptFolder } from '../data/conceptFolder';
import type { ScanOptions } from '../data/pictureScan';
import { type PriorFolder, readPriorFolder, sharedPictureWarnings } from '../data/priorFolder';
import { requireDevice } from '../device/requireDevice';
import type { BaseModel } from '../models/baseModel';
import { sizeMultiple } from '../sample/generationRequest';
import { PromptTokens } from '../sample/promptTokens';
import { createScheduler } from '../sample/schedulers/createScheduler';
import { elementCount } from '../tensorData';
import { checkCaptions } from './captionChecks';
import { diskNeeds } from './diskNeeds';
import { requireDiskSpace } from './diskSpace';
import { initialiserIds } from './initialWeights';
import { PromptEncoder } from './promptEncoder';
import { sessionOptions } from './sessionOptions';
import { trainedShapes } from './stepGraph';

/** A concept with its pictures read. */
export interface PreparedConcept {
  config: ResolvedConcept;
  folder: ConceptFolder;
  /** For prior kind `folder`. */
  priorFolder?: PriorFolder;
}

/** What the checks of a run have read; parts that failed a check are missing. */
export interface ExaminedRun {
  prompts?: PromptEncoder;
  /** One for each concept. */
  concepts: (PreparedConcept | undefined)[];
  /** What the user should know, in one sentence each. */
  warnings: string[];
}

/** How the checks of a run are made. */
export interface ExamineOptions extends Pick<ScanOptions, 'signal'> {
  /** Pictures read so far, over all concepts' folders. */
  onProgress?: (done: number) => void;
  /** Bytes that may be written to the disk of a folder; asked of the system if left out. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** Where errors of input go. Fields are named like `concepts.0.folder`. */
export interface ProblemSink {
  /** To end the checks it throws. */
  add(field: string, error: ProductError): void;
  /** Whether a field is known to be wrong: it is not checked then. */
  has(field: string): boolean;
}

/** Ends the checks with the first error. */
export const throwFirst: ProblemSink = {
  add: (_, error) => {
    throw error;
  },
  has: () => false,
};

/**
 * Makes every check that a run must pass; nothing is written. With a `base` that could not be opened the other parts are checked.
 * @throws ProductError `cancelled`, or what `problems` throws
 */
export async function examineRun(
  config: ResolvedTrainConfig,
  base: BaseModel | undefined,
  options: ExamineOptions,
  problems: ProblemSink,
): Promise<ExaminedRun> {
  const check = checker(problems);
  const examined: ExaminedRun = { concepts: [], warnings: [] };
  const { warnings } = examined;
  await check('device', () => requireDevice(config.device));
  if (!problems.has('device')) await check('precision', () => sessionOptions(config));
  if (base) {
    await check('resolution', () => requireResolution(config, base));
    await check('layers', () => requireSelection(config, base));
    await check('sample.steps', () => createScheduler(config.sample.scheduler, base.scheduler, config.sample.steps));
    examined.prompts = await examineTokens(config, base, check);
  }
  warnings.push(...configWarnings(config));
  if (base) warnings.push(...(await examinePrompts(config, base, examined.prompts, check)));
  examined.concepts = await readConcepts(config, options, warnings, check);
  const { prompts } = examined;
  for (const [i, concept] of examined.concepts.entries())
    if (prompts && concept)
      warnings.push(...((await check(`concepts.${i}.folder`, () => checkCaptions(config, [concept], prompts))) ?? []));
  const needed = base && (await check('layers', () => spaceNeeded(config, base, examined.concepts)));
  await check('output', () => requireDiskSpace(resolve(config.output), needed ?? 0, options.freeBytes));
  return examined;
}

type Check = <T>(field: string, work: () => T | Promise<T>) => Promise<T | undefined>;

/** Runs a check; an error of input in it is passed on with its field. */
function checker(problems: ProblemSink): Check {
  return async (field, work) => {
    if (problems.has(field)) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProductError) || error.code === 'cancelled') throw error;
      problems.add(field, error);
      return undefined;
    }
  };
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

function requireSelection(config: ResolvedTrainConfig, base: BaseModel): void {
  const names = [...base.unet.sources.keys()];
  const [unmatched] = unmatchedPatterns(names, config.layers ?? []);
  if (unmatched !== undefined)
    throw new ProductError(
      'bad-config',
      'layers',
      `"${unmatched}" matches no attention layer of this base model`,
      'The command "layers" lists them',
    );
}

/** The tokenizers with every concept's token in them; undefined when one cannot be added. */
async function examineTokens(
  config: ResolvedTrainConfig,
  base: BaseModel,
  check: Check,
): Promise<PromptEncoder | undefined> {
  const { tokenizers } = await PromptTokens.load(base, []);
  const tokens: string[] = [];
  for (const [i, concept] of config.concepts.entries()) {
    await check(`concepts.${i}.modifierToken`, () => {
      for (const tokenizer of tokenizers) tokenizer.addToken(concept.modifierToken);
      tokens.push(concept.modifierToken);
    });
    await check(`concepts.${i}.initialiser`, () => {
      for (const tokenizer of tokenizers) initialiserIds(tokenizer, concept);
    });
  }
  return tokens.length === config.concepts.length ? PromptEncoder.load(base, tokens) : undefined;
}

/** Checks the prompts of samples, and those of prior pictures, which the base alone must understand. */
async function examinePrompts(
  config: ResolvedTrainConfig,
  base: BaseModel,
  prompts: PromptEncoder | undefined,
  check: Check,
): Promise<string[]> {
  const warnings: string[] = [];
  if (config.sample.every && prompts)
    for (const [i, prompt] of config.sample.prompts.entries()) {
      const found = await check(`sample.prompts.${i}`, () => prompts.check(prompt, `sample.prompts[${i}]`));
      warnings.push(...(found ?? []));
    }
  const plain = await PromptTokens.load(base, []);
  for (const [i, { prior }] of config.concepts.entries()) {
    if (prior.kind === 'none') continue;
    const where = `concepts[${i}].prior.prompt`;
    warnings.push(...((await check(`concepts.${i}.prior.prompt`, () => plain.check(prior.prompt, where))) ?? []));
  }
  return warnings;
}

async function readConcepts(
  config: ResolvedTrainConfig,
  options: ExamineOptions,
  warnings: string[],
  check: Check,
): Promise<(PreparedConcept | undefined)[]> {
  let read = 0;
  const scan: ScanOptions = { signal: options.signal, onProgress: () => options.onProgress?.(++read) };
  const concepts: (PreparedConcept | undefined)[] = [];
  for (const [i, concept] of config.concepts.entries()) {
    const { resolution } = config;
    const folder = await check(`concepts.${i}.folder`, () =>
      readConceptFolder(concept.folder, concept, { ...scan, resolution }),
    );
    if (folder) warnings.push(...folderWarnings(folder));
    const { prior } = concept;
    const priorFolder =
      prior.kind === 'folder' && config.priorRows > 0
        ? await check(`concepts.${i}.prior.folder`, () => readPriorFolder(prior.folder!, prior.count, scan))
        : undefined;
    if (priorFolder) {
      const shared = sharedPictureWarnings(folder?.pictures ?? [], priorFolder.pictures);
      warnings.push(...folderWarnings({ ...priorFolder, warnings: [...priorFolder.warnings, ...shared] }));
    }
    concepts.push(folder && { config: concept, folder, ...(priorFolder ? { priorFolder } : {}) });
  }
  return concepts;
}

function folderWarnings({
  folder,
  skipped,
  warnings,
}: Pick<ConceptFolder, 'folder' | 'skipped' | 'warnings'>): string[] {
  return [
    ...skipped
      .filter(({ isChosen }) => !isChosen)
      .map(({ file, reason }) => `${join(folder, file)}: not used: ${reason}`),
    ...warnings.map(({ file, problem }) => `${file ? join(folder, file) : folder}: ${problem}`),
  ];
}

/** Bytes of disk that the start takes. */
function spaceNeeded(
  config: ResolvedTrainConfig,
  base: BaseModel,
  concepts: readonly (PreparedConcept | undefined)[],
): number {
  const trained = { selection: trainableSelection(config), modifiers: config.concepts.length };
  const parameters = [...trainedShapes(base, trained).values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const pictures = concepts.map((concept) => concept?.folder.pictures.length ?? 0);
  return diskNeeds(config, base, parameters, pictures).atStart;
}
