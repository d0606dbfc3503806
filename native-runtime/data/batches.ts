import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { viewsPerPicture } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { RandomStream } from '../random';

/** A row that shows a concept. */
export interface InstanceRow {
  kind: 'instance';
  concept: number;
  picture: number;
  /** Which of the picture's encoded views. */
  draw: number;
  /** Diffusion timestep, 0 … 999. */
  timestep: number;
}

/** A row that shows the concept's class. */
export interface PriorRow {
  kind: 'prior';
  concept: number;
  picture: number;
  flip: boolean;
  /** Diffusion timestep, 0 … 999. */
  timestep: number;
}

/** One row of a training batch. */
export type BatchRow = InstanceRow | PriorRow;

/** How many pictures a concept has. */
export interface ConceptCounts {
  pictures: number;
  /** 0 when the concept has no prior pictures. */
  priors: number;
}

/** What the plan of a batch depends on. */
export type BatchConfig = Pick<
  ResolvedTrainConfig,
  'concepts' | 'instanceRows' | 'priorRows' | 'gradientAccumulation' | 'augmentation' | 'latentPool' | 'minTimestep'
>;

/**
 * Which pictures one batch shows, and at which timesteps: instance rows first, then prior rows. A prior row belongs to the
 * concept of an instance row. Concepts share the rows in proportion to their weights, evenly spread: two equal concepts are both in
 * every batch of two rows or more, and take turns in batches of one.
 * The plan depends on nothing but the arguments; it is the same after a resume.
 * @param batch which of the `gradientAccumulation` batches of the step
 * @throws ProductError `bad-input` when there are no pictures to fill the rows with.
 */
export function planBatch(
  seed: number,
  step: number,
  config: BatchConfig,
  counts: readonly ConceptCounts[],
  batch = 0,
  timesteps = 1000,
): BatchRow[] {
  checkCounts(config, counts);
  const { instanceRows, priorRows, gradientAccumulation } = config;
  const batchNumber = step * gradientAccumulation + batch;
  const firstRow = batch * (instanceRows + priorRows);
  const stream = (purpose: string, row: number) => new RandomStream(seed, purpose, step, firstRow + row);
  const timestep = (row: number) => stream('timestep', row).integer(config.minTimestep, timesteps);
  const concepts = instanceConcepts(seed, batchNumber, config);
  const pictures = pickPictures(concepts, (c) => counts[c]!.pictures, seed, 'picture', batchNumber);
  const views = viewsPerPicture(config);
  const instances = concepts.map((concept, row): BatchRow => {
    const draw = stream('view', row).integer(0, views);
    return { kind: 'instance', concept, picture: pictures[row]!, draw, timestep: timestep(row) };
  });
  const classes = priorConcepts(concepts, config, counts, batchNumber);
  const priors = pickPictures(classes, (c) => counts[c]!.priors, seed, 'prior', batchNumber);
  return [
    ...instances,
    ...classes.map((concept, i): BatchRow => {
      const row = instanceRows + i;
      const flip = stream('flip', row).uniform() < 0.5 && config.augmentation.flip;
      return { kind: 'prior', concept, picture: priors[i]!, flip, timestep: timestep(row) };
    }),
  ];
}

/**
 * The concept of each instance row, by systematic sampling: a comb of evenly spaced points with a random offset is laid over the
 * concepts' shares. A comb spans as many batches as it takes to have a point for every concept.
 */
function instanceConcepts(seed: number, batchNumber: number, { concepts, instanceRows }: BatchConfig): number[] {
  const span = Math.ceil(concepts.length / instanceRows);
  const comb = Math.floor(batchNumber / span);
  const random = new RandomStream(seed, 'concept', comb);
  const offset = random.uniform();
  const position = random.permutation(span)[batchNumber % span]!;
  const total = concepts.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: instanceRows }, (_, row) => {
    let left = ((row * span + position + offset) / (instanceRows * span)) * total;
    const found = concepts.findIndex(({ weight }) => (left -= weight) < 0);
    return found < 0 ? concepts.length - 1 : found;
  });
}

/** Prior rows follow the instance rows whose concept has prior pictures; if none has, the other concepts take turns. */
function priorConcepts(
  instance: readonly number[],
  { priorRows }: BatchConfig,
  counts: readonly ConceptCounts[],
  batchNumber: number,
): number[] {
  const withPriors = (list: readonly number[]) => list.filter((concept) => counts[concept]!.priors > 0);
  const here = withPriors(instance);
  const anywhere = withPriors(counts.map((_, i) => i));
  return Array.from({ length: priorRows }, (_, i) =>
    here.length > 0 ? here[i % here.length]! : anywhere[(batchNumber + i) % anywhere.length]!,
  );
}

/** A picture for each row; rows of the same concept get different ones as long as there are enough. */
function pickPictures(
  concepts: readonly number[],
  count: (concept: number) => number,
  seed: number,
  purpose: string,
  batchNumber: number,
): number[] {
  const orders = new Map<number, { order: number[]; used: number }>();
  return concepts.map((concept) => {
    let entry = orders.get(concept);
    if (!entry) {
      const order = new RandomStream(seed, `${purpose}/${concept}`, batchNumber).permutation(count(concept));
      orders.set(concept, (entry = { order, used: 0 }));
    }
    return entry.order[entry.used++ % entry.order.length]!;
  });
}

function checkCounts({ concepts, priorRows }: BatchConfig, counts: readonly ConceptCounts[]): void {
  concepts.forEach(({ folder }, i) => {
    if (!counts[i]?.pictures)
      throw new ProductError('bad-input', folder, 'the concept has no pictures', 'Put 4 to 20 pictures in its folder');
  });
  if (priorRows > 0 && counts.every(({ priors }) => priors === 0))
    throw new ProductError(
      'bad-input',
      'priorRows',
      'there are no prior pictures to fill these rows',
      'Let the base model draw some (prior kind "generated"), or set priorRows to 0',
    );
}
