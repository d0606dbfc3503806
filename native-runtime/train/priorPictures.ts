import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ResolvedPrior } from '../../src/common/config/resolvedTrainConfig';
import { samplerTitles } from '../../src/common/samplerNames';
import { Generator } from '../sample/generator';
import { savePicture } from '../sample/png';
import { toolVersion } from '../toolVersion';
import { hashFile } from './fileHash';
import type { PreparedConcept } from './examineRun';
import type { PreparedRun } from './prepareRun';

/** A picture of a concept's class. */
export interface PriorPicture {
  path: string;
  sha256: string;
  /** Pixels. */
  width: number;
  height: number;
}

/** Told how many of all prior pictures are there. */
export type PriorProgress = (done: number, total: number) => void;

const scheduler = 'ddim';
/** As the published recipe: a sampler that adds noise on its way draws more varied pictures. */
const eta = 1;

/**
 * The prior pictures of every concept: from its folder, or drawn by the base model. Drawn ones are kept in the cache by base, prompt
 * and settings; those that are there already are not drawn again, so an interrupted run goes on where it stopped.
 * @throws ProductError `cancelled`, `disk-full`
 */
export async function gatherPriors(
  run: PreparedRun,
  onProgress: PriorProgress = () => {},
  signal?: AbortSignal,
): Promise<PriorPicture[][]> {
  const plans = run.concepts.map((concept) => planOf(run, concept));
  const missing = plans
    .flatMap((plan) => plan.files.map((path, i) => ({ plan, path, seed: i + 1 })))
    .filter(({ path }) => !existsSync(path));
  const total = plans.reduce((sum, { files }) => sum + files.length, 0);
  let done = total - missing.length;
  if (missing.length) {
    const generator = await Generator.create(run.base, { session: run.session });
    try {
      for (const plan of new Set(missing.map((m) => m.plan))) {
        const seeds = missing.filter((m) => m.plan === plan && !existsSync(m.path)).map(({ seed }) => seed);
        await drawPictures(run, generator, plan, seeds, () => onProgress(++done, total), signal);
      }
    } finally {
      await generator.release();
    }
  }
  onProgress(total, total);
  return Promise.all(plans.map(({ concept, files }) => existing(concept, files, run.config.resolution)));
}

/** What is to be there for one concept. */
interface Plan {
  concept: PreparedConcept;
  folder: string;
  files: string[];
}

function planOf(run: PreparedRun, concept: PreparedConcept): Plan {
  const { prior } = concept.config;
  if (prior.kind !== 'generated' || run.config.priorRows === 0) return { concept, folder: '', files: [] };
  const folder = join(run.cacheFolder, 'priors', keyOf(run, prior));
  return {
    concept,
    folder,
    files: Array.from({ length: prior.count }, (_, i) => join(folder, `${String(i + 1).padStart(5, '0')}.png`)),
  };
}

async function existing(
  { priorFolder }: PreparedConcept,
  drawn: readonly string[],
  side: number,
): Promise<PriorPicture[]> {
  if (priorFolder)
    return priorFolder.pictures.map(({ path, sha256, width, height }) => ({ path, sha256, width, height }));
  return Promise.all(
    drawn.map(async (path) => ({ path, sha256: (await hashFile(path)).sha256, width: side, height: side })),
  );
}

async function drawPictures(
  { config, base, baseWatch }: PreparedRun,
  generator: Generator,
  { concept, folder }: Plan,
  seeds: readonly number[],
  onPicture: () => void,
  signal?: AbortSignal,
): Promise<void> {
  if (!seeds.length) return;
  await mkdir(folder, { recursive: true });
  const { prompt, steps, guidanceScale } = concept.config.prior;
  const side = config.resolution;
  const request = { prompt, seeds, width: side, height: side, steps, scheduler, guidanceScale, eta } as const;
  for await (const { seed, image } of generator.generate(request, { signal })) {
    const parameters = {
      prompt,
      steps,
      sampler: samplerTitles[scheduler],
      guidanceScale,
      seed,
      width: side,
      height: side,
      model: basename(base.path),
    };
    const record = { kind: 'prior', tool: toolVersion, base: base.fingerprint, scheduler, eta };
    await baseWatch.requireUnchanged();
    await savePicture(join(folder, `${String(seed).padStart(5, '0')}.png`), image, { parameters, record });
    onPicture();
  }
}

function keyOf({ config, identity }: PreparedRun, { prompt, steps, guidanceScale }: ResolvedPrior): string {
  const content = [1, identity.base.content, prompt, config.resolution, steps, guidanceScale, scheduler, eta];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
