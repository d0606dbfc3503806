import type { SceneReading } from './sceneReading';
import { VERDICTS, verdictOf, type Expected, type Verdict } from './verdict';
import { proportionOf, type Proportion } from './wilson';

/** How often pictures of one prompt show what was asked for. */
export interface PresenceRates {
  /** For each expected animal, in order: its species is there, at least as often as asked for. */
  species: Proportion[];
  /** For each expected animal, in order: that individual is there; of an animal without a name, as `species`. */
  individuals: Proportion[];
  /** Every expected species is there; more may be. */
  all: Proportion;
  /** Exactly the expected animals: the verdict is `success`. */
  strict: Proportion;
  /** How often each verdict was given; the counts add up to the pictures. */
  verdicts: Record<Verdict, Proportion>;
}

/** Rates over the readings of pictures that should all show the same animals. */
export function presenceRates(readings: readonly SceneReading[], expected: readonly Expected[]): PresenceRates {
  const verdicts = readings.map((reading) => verdictOf(reading, expected));
  const wanted = (species: string) => expected.filter((one) => one.species === species).length;
  const speciesThere = ({ species }: Expected, { detections }: SceneReading) =>
    detections.filter((detection) => detection.species === species).length >= wanted(species);
  const individualThere = (one: Expected, reading: SceneReading) =>
    one.individual === undefined
      ? speciesThere(one, reading)
      : reading.detections.some(({ species, individual }) => species === one.species && individual === one.individual);
  return {
    species: expected.map((one) => proportionOf(readings, (reading) => speciesThere(one, reading))),
    individuals: expected.map((one) => proportionOf(readings, (reading) => individualThere(one, reading))),
    all: proportionOf(readings, (reading) => expected.every((one) => speciesThere(one, reading))),
    strict: proportionOf(verdicts, (verdict) => verdict === 'success'),
    verdicts: Object.fromEntries(
      VERDICTS.map((name) => [name, proportionOf(verdicts, (verdict) => verdict === name)]),
    ) as Record<Verdict, Proportion>,
  };
}

/** How often the background is the one named. */
export function backgroundRate(readings: readonly SceneReading[], background: string): Proportion {
  return proportionOf(readings, (reading) => reading.background === background);
}
