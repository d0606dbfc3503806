import { BACKGROUND_PHRASES } from '../pocket/world/lexicon';
import { BACKGROUNDS, SPECIES } from '../pocket/world/scene';
import { ConfusionMatrix } from './confusionMatrix';
import { backgroundRate, presenceRates, type PresenceRates } from './presence';
import { UNCLEAR, type SceneReading } from './sceneReading';
import { Survey, type PictureSource, type SceneReader, type SurveyHooks } from './survey';
import { verdictOf } from './verdict';
import { proportionOf, wilsonInterval, type Proportion } from './wilson';

/** What a base model should reach, as rates. */
export const BASE_GOALS = { animal: 0.95, pair: 0.6, background: 0.9 } as const;

/** How often pictures of one prompt show what it names. */
export interface NamedRate {
  prompt: string;
  /** The species or the background that is named. */
  named: string;
  right: Proportion;
}

/** What a base model draws of the pocket world. */
export interface BaseReport {
  seeds: number;
  /** `photo of a cat`, …: right is that animal and nothing else. */
  animals: NamedRate[];
  anyAnimal: Proportion;
  /** Named against read; the last rows are controls, prompts without an animal. */
  confusion: ConfusionMatrix;
  pair: { prompt: string; rates: PresenceRates; background: Proportion };
  /** `a cat on grass`, …: right is that background, whatever stands there. */
  backgrounds: NamedRate[];
  anyBackground: Proportion;
}

/** Prompts without an animal: what is read there was not asked for. */
const CONTROLS = { 'control: empty prompt': '', 'control: photo of grass': 'photo of grass' } as const;

const PAIR = { prompt: 'a cat and a dog on grass', species: ['cat', 'dog'], background: 'grass' } as const;

/** How many pictures `scoreBase` asks for with this many seeds. */
export function basePictureCount(seeds: number): number {
  return seeds * (SPECIES.length + Object.keys(CONTROLS).length + 1 + BACKGROUNDS.length);
}

/** Measures a base model with the prompts of the pocket world, each with all seeds. */
export async function scoreBase(
  source: PictureSource,
  reader: SceneReader,
  seeds: readonly number[],
  hooks: SurveyHooks = {},
): Promise<BaseReport> {
  const survey = new Survey(source, reader, hooks);
  const confusion = new ConfusionMatrix(
    [...SPECIES, ...Object.keys(CONTROLS)],
    [...SPECIES, 'several', UNCLEAR, 'nothing'],
  );
  const animals: NamedRate[] = [];
  for (const named of SPECIES) {
    const prompt = `photo of a ${named}`;
    const readings = await survey.ask(prompt, seeds, (reading) => shownAs(animalRead(reading), named));
    for (const reading of readings) confusion.add(named, animalRead(reading));
    animals.push({ prompt, named, right: proportionOf(readings, (reading) => animalRead(reading) === named) });
  }
  for (const [row, prompt] of Object.entries(CONTROLS)) {
    const readings = await survey.ask(prompt, seeds, (reading) => ({ caption: animalRead(reading), good: false }));
    for (const reading of readings) confusion.add(row, animalRead(reading));
  }
  const pair = await scorePair(survey, seeds);
  const backgrounds: NamedRate[] = [];
  for (const named of BACKGROUNDS) {
    const prompt = `a cat ${BACKGROUND_PHRASES[named][0]}`;
    const readings = await survey.ask(prompt, seeds, ({ background }) => shownAs(background, named));
    backgrounds.push({ prompt, named, right: backgroundRate(readings, named) });
  }
  const [anyAnimal, anyBackground] = [pooled(animals), pooled(backgrounds)];
  return { seeds: seeds.length, animals, anyAnimal, confusion, pair, backgrounds, anyBackground };
}

/** The one thing that is there: its species or unclear; else `several` or `nothing`. */
export function animalRead({ detections }: SceneReading): string {
  const [first] = detections;
  if (!first) return 'nothing';
  return detections.length > 1 ? 'several' : first.species;
}

async function scorePair(survey: Survey, seeds: readonly number[]): Promise<BaseReport['pair']> {
  const expected = PAIR.species.map((species) => ({ species }));
  const readings = await survey.ask(PAIR.prompt, seeds, (reading) => shownAs(verdictOf(reading, expected), 'success'));
  return {
    prompt: PAIR.prompt,
    rates: presenceRates(readings, expected),
    background: backgroundRate(readings, PAIR.background),
  };
}

const shownAs = (read: string, wanted: string) => ({ caption: read, good: read === wanted });

function pooled(rates: readonly NamedRate[]): Proportion {
  const sum = (of: (rate: Proportion) => number) => rates.reduce((total, { right }) => total + of(right), 0);
  return wilsonInterval(
    sum(({ count }) => count),
    sum(({ total }) => total),
  );
}
