import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { readJsonObject } from '../formats/jsonFile';
import { hashFile } from '../train/fileHash';
import { prepareRun, type PreparedRun, type PrepareOptions } from '../train/prepareRun';
import { readRunConfig, resumeRun } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import type { RunHooks } from '../train/runHooks';
import { differences, essentialConfig } from '../train/runIdentity';
import { readRunLog } from '../train/runLog';
import { trainRun } from '../train/trainRun';
import { trainedShapes } from '../train/stepGraph';
import { elementCount } from '../tensorData';
import type { StudyTraining } from './studyProtocol';

/** A finished fine-tune of a study. */
export interface StudyRun {
  /** `delta.safetensors`. */
  delta: string;
  sha256: string;
  training: StudyTraining;
  /** It was there already, finished. */
  reused: boolean;
}

/**
 * The fine-tune of a configuration: one that is finished in its folder of runs is used again if settings, steps, base model and
 * pictures are the same; one that was interrupted goes on; else a new one is trained.
 * @throws ProductError as `prepareRun` and `trainRun`; `cancelled` when the training was stopped.
 */
export async function fineTuneOnce(
  config: ResolvedTrainConfig,
  options: PrepareOptions,
  hooks: RunHooks = {},
): Promise<StudyRun> {
  const run = await prepareRun(config, options);
  const found = await matchingRun(run);
  if (found?.finished) return { ...(await describeRun(run, found.folder)), reused: true };
  const result = found ? await resumeRun(found.folder.folder, options, hooks) : await trainRun(run, hooks);
  if (result.status === 'stopped')
    throw new ProductError('cancelled', result.folder, `stopped after step ${result.step} of ${config.steps}`);
  return { ...(await describeRun(run, new RunFolder(result.folder))), reused: false };
}

interface FoundRun {
  folder: RunFolder;
  finished: boolean;
}

/** The newest run in the folder of runs that is this one, a finished one before others. */
async function matchingRun(run: PreparedRun): Promise<FoundRun | undefined> {
  const { output } = run.config;
  const names = existsSync(output) ? (await readdir(output)).sort().reverse() : [];
  let unfinished: FoundRun | undefined;
  for (const name of names) {
    const folder = new RunFolder(join(output, name));
    // What cannot be read is no run of ours, or one that was cut off before its first step.
    const finished = await isFinished(folder, run).catch(() => undefined);
    if (finished) return { folder, finished };
    if (finished === false) unfinished ??= { folder, finished };
  }
  return unfinished;
}

/** Whether a run is complete and undamaged; undefined when it is another one. */
async function isFinished(folder: RunFolder, run: PreparedRun): Promise<boolean | undefined> {
  const [config, manifest] = [await readRunConfig(folder), await readJsonObject(folder.manifest)];
  // The manifest tells more of a base than what it is: its path, and the sizes of its files.
  const { family, fingerprint, content } = manifest.base as Record<string, unknown>;
  const saved = {
    config: { ...essentialConfig(config), steps: config.steps },
    base: { family, fingerprint, content },
    concepts: (manifest.concepts as Record<string, unknown>[]).map(({ pictures, priors }) => ({ pictures, priors })),
  };
  const { identity } = run;
  const wanted = {
    config: { ...identity.config, steps: run.config.steps },
    base: identity.base,
    concepts: identity.concepts,
  };
  if (differences(saved, JSON.parse(JSON.stringify(wanted))).length) return undefined;
  if (manifest.status !== 'finished' || !existsSync(folder.delta)) return false;
  const { sha256 } = await hashFile(folder.delta);
  return (manifest.delta as { sha256?: string } | undefined)?.sha256 === sha256;
}

async function describeRun(run: PreparedRun, folder: RunFolder): Promise<Omit<StudyRun, 'reused'>> {
  const { steps, learningRate, mode = '' } = run.config;
  const log = existsSync(folder.log) ? await readRunLog(folder.log) : [];
  const shapes = [...trainedShapes(run.base, run.stepOptions).values()];
  return {
    delta: folder.delta,
    sha256: (await hashFile(folder.delta)).sha256,
    training: {
      mode,
      folder: folder.folder,
      steps,
      learningRate,
      trainedParameters: shapes.reduce((sum, shape) => sum + elementCount(shape), 0),
      seconds: log.reduce((sum, { seconds }) => sum + seconds, 0),
    },
  };
}
