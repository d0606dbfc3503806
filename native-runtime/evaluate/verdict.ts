import { UNCLEAR, type Detection, type SceneReading } from './sceneReading';

/** An animal a prompt asked for; without `individual` any animal of the species will do. */
export interface Expected {
  species: string;
  individual?: string;
}

/**
 * What became of a picture that should show certain animals, exactly one word a picture. In this order:
 *
 * - `mixed`: an animal is missing and something unclear is there, a creature between kinds or half of one.
 *   Or every species is there, but an individual's looks are on a wrong animal, without a full exchange.
 * - `duplicate`: an animal is missing and another that was asked for is there too often. Among individuals of one
 *   species: one of them twice, another not at all.
 * - `missing`: an animal is missing, whatever else stands in its place.
 * - `extra`: all species are there, and more besides, unclear things included.
 * - `success`: exactly the animals asked for, each the right individual of the right species.
 * - `swapped`: exactly the species asked for, and the individuals of different species have exchanged their looks:
 *   each one's looks are worn by an animal of another species, and by none of its own.
 * - `unrecognised`: exactly the species asked for, but an animal is no known individual or the wrong one.
 */
export type Verdict = (typeof VERDICTS)[number];

/** All verdicts, the good one first. */
export const VERDICTS = ['success', 'swapped', 'duplicate', 'missing', 'mixed', 'extra', 'unrecognised'] as const;

/** An animal wears an individual's looks from this likeness on. */
const WORN = 0.5;

/** Judges a reading, strictly; see {@link Verdict}. */
export function verdictOf(reading: SceneReading, expected: readonly Expected[]): Verdict {
  const animals = reading.detections.filter(({ species }) => species !== UNCLEAR);
  const unclear = reading.detections.length - animals.length;
  const found = countBy(animals);
  const wanted = countBy(expected);
  const missing = [...wanted].some(([species, count]) => (found.get(species) ?? 0) < count);
  const repeated = [...wanted].some(([species, count]) => (found.get(species) ?? 0) > count);
  if (missing) return unclear > 0 ? 'mixed' : repeated ? 'duplicate' : 'missing';
  if (reading.detections.length > expected.length) return 'extra';
  return identityVerdict(
    animals,
    expected.filter(({ individual }) => individual !== undefined),
  );
}

/** The verdict when the species are exactly those asked for. */
function identityVerdict(animals: readonly Detection[], individuals: readonly Expected[]): Verdict {
  const timesSeen = ({ species, individual }: Expected) =>
    animals.filter((animal) => animal.species === species && animal.individual === individual).length;
  if (individuals.every((one) => timesSeen(one) === 1)) return 'success';
  if (individuals.some((one) => timesSeen(one) > 1)) return 'duplicate';
  // Looks that an animal of another species wears, although its own individual was asked for.
  const strayed = individuals.filter(({ species, individual }) =>
    animals.some((animal) => animal.species !== species && wearsLooksOf(animal, individual!)),
  );
  if (strayed.length === 0) return 'unrecognised';
  const exchanged = strayed.length === individuals.length && individuals.every((one) => timesSeen(one) === 0);
  return exchanged ? 'swapped' : 'mixed';
}

/** Whether an animal of whatever species wears the looks of an individual. */
export function wearsLooksOf({ likeness }: Pick<Detection, 'likeness'>, individual: string): boolean {
  return (likeness[individual] ?? 0) >= WORN;
}

function countBy(items: readonly { species: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { species } of items) counts.set(species, (counts.get(species) ?? 0) + 1);
  return counts;
}
