import { resolveTrainConfig } from '../../src/common/config/resolveTrainConfig';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { ProductError } from '../../src/common/errors';
import type { TrainingCheck, TrainingEstimate } from '../../src/common/protocol/training';
import { resolveAllPaths } from '../data/configPaths';
import type { BaseModel } from '../models/baseModel';
import { productMedia } from '../productMedia';
import { estimateRun } from './estimateRun';
import { examineRun, type ExaminedRun, type ProblemSink } from './examineRun';
import { machineRoom, roomWarnings } from './machineRoom';
import { loadConfiguredBase, traitsOf } from './prepareRun';
import { usableConfig } from './usableConfig';

/** How a configuration is looked at. */
export interface CheckOptions {
  /** Whether to say what the run would take as well. */
  estimate: boolean;
  signal?: AbortSignal;
}

/**
 * Looks at a configuration before its start and names everything that stops it, not only the first thing. Nothing is written.
 * @param folder where its paths start
 * @throws ProductError `cancelled`
 */
export async function checkRun(value: unknown, folder: string, options: CheckOptions): Promise<TrainingCheck> {
  const problems = new ProblemList();
  const written = usableConfig(value, folder);
  problems.addAll(written);
  if (!written.config) return { problems: problems.list, warnings: [] };
  const config = await resolveAllPaths(written.config, folder);
  const base = problems.has('base') ? undefined : await openBase(config, problems);
  const { resolved, isWhole } = resolve(config, folder, base, problems);
  const { signal } = options;
  const examined = await examineRun(resolved, base, { signal }, problems);
  const estimate = options.estimate && isWhole && base ? await estimateOf(resolved, base, examined) : undefined;
  return {
    ...(isWhole ? { resolved: { ...resolved } } : {}),
    problems: problems.list,
    warnings: [...examined.warnings, ...(estimate?.warnings ?? [])],
    ...(estimate ? { estimate: estimate.numbers } : {}),
  };
}

/** The problems found so far, by field. A part whose own value is wrong already is not looked at further. */
class ProblemList implements ProblemSink {
  readonly list: TrainingCheck['problems'] = [];

  add(field: string, { where, problem, remedy }: ProductError): void {
    // A stand-in for a class noun is not to be looked for in captions.
    if (
      field.endsWith('.folder') &&
      this.has(field.replace(/folder$/, 'classNoun')) &&
      /mentions neither/.test(problem)
    )
      return;
    const isPath = /[\\/]/.test(where);
    this.list.push({ field, problem: isPath ? `${where}: ${problem}` : problem, remedy });
  }

  addAll({ problems }: Pick<ReturnType<typeof usableConfig>, 'problems'>): void {
    for (const { path, problem, remedy } of problems) this.list.push({ field: dotted(path), problem, remedy });
  }

  has(field: string): boolean {
    return this.list.some((known) => field === known.field || field.startsWith(`${known.field}.`));
  }
}

/** `concepts[0].folder` → `concepts.0.folder`. */
function dotted(path: string): string {
  return path.replace(/\[(\d+)\]/g, '.$1');
}

async function openBase({ base }: TrainConfig, problems: ProblemList): Promise<BaseModel | undefined> {
  try {
    return await loadConfiguredBase(base, productMedia());
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
    problems.add('base', error);
    return undefined;
  }
}

/** Fills in the defaults, with what the base says about resolutions. */
function resolve(
  config: TrainConfig,
  folder: string,
  base: BaseModel | undefined,
  problems: ProblemList,
): { resolved: ResolvedTrainConfig; isWhole: boolean } {
  const before = problems.list.filter(({ field }) => field !== 'base').length;
  const traits = base ? traitsOf(base) : {};
  const fitting = usableConfig(config, folder, traits.resolutionMultiple);
  problems.addAll(fitting);
  const isWhole = before === 0 && fitting.problems.length === 0 && !problems.list.some(isMissingBase);
  return { resolved: resolveTrainConfig(fitting.config ?? config, traits), isWhole };
}

/** Without a base of its own a configuration has a stand-in, which must not be taken for what was written. */
function isMissingBase({ field, problem }: TrainingCheck['problems'][number]): boolean {
  return field === 'base' && /is missing|must /.test(problem);
}

async function estimateOf(
  config: ResolvedTrainConfig,
  base: BaseModel,
  { concepts }: ExaminedRun,
): Promise<{ numbers: TrainingEstimate; warnings: string[] } | undefined> {
  const pictures = concepts.map((concept) => concept?.folder.pictures.length ?? 0);
  try {
    const estimate = await estimateRun(config, base, { pictures, threads: config.threads });
    const room = await machineRoom(config.output);
    const { trainedParameters, disk, memory, secondsPerStep, seconds } = estimate;
    const numbers = {
      trainedParameters,
      deltaBytes: disk.delta,
      memoryBytes: memory.total,
      availableMemoryBytes: room.memory,
      diskBytes: disk.checkpoints + disk.delta + disk.caches,
      availableDiskBytes: room.disk,
      secondsPerStep,
      seconds,
    };
    return { numbers, warnings: roomWarnings(estimate, room) };
  } catch (error) {
    // What makes an estimate impossible is among the problems already.
    if (error instanceof ProductError) return undefined;
    throw error;
  }
}
