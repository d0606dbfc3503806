import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resolveTrainConfig } from '../../src/common/config/resolveTrainConfig';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import type { TrainConfig } from '../../src/common/config/trainConfig';
import { prepareRun, type PreparedRun, type PrepareOptions } from '../../native-runtime/train/prepareRun';
import { photo } from '../unit/data/pictures';

/** A Stable Diffusion 1.x of some 200,000 parameters. */
export const tinyBase = resolve('test/fixtures/sd1/base');

/** Options for tests: there is no pocket model. */
export const tinyOptions: PrepareOptions = { pocketFolder: tinyBase };

/** Makes a concept folder of three small pictures. */
export async function tinyConcept(folder: string, seed = 1): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < 3; i++)
    await photo(80, 72, seed * 10 + i)
      .png()
      .toFile(join(folder, `picture-${i}.png`));
  return folder;
}

/** A configuration of the tiny base below `folder`: one concept, no samples, fast. */
export async function tinyConfig(folder: string, changes: Partial<TrainConfig> = {}): Promise<ResolvedTrainConfig> {
  const concept = await tinyConcept(join(folder, 'cat'));
  return resolveTrainConfig({
    base: tinyBase,
    output: join(folder, 'runs'),
    name: 'tiny',
    concepts: [{ folder: concept, classNoun: 'cat', prior: { count: 2, steps: 2 } }],
    resolution: 64,
    steps: 20,
    learningRate: 1e-3,
    instanceRows: 1,
    priorRows: 1,
    latentPool: 2,
    checkpointEvery: 3,
    keepCheckpoints: 2,
    sample: { every: 0 },
    threads: 1,
    ...changes,
  });
}

/** A prepared run of `tinyConfig`. */
export async function tinyRun(folder: string, changes: Partial<TrainConfig> = {}): Promise<PreparedRun> {
  return prepareRun(await tinyConfig(folder, changes), tinyOptions);
}
