import { presenceRates, type PresenceRates } from './presence';
import { animalRead } from './baseProtocol';
import type { SceneReading } from './sceneReading';
import { subjectPhrase, type Subject } from './subject';
import { Survey, type PictureSource, type SceneReader, type SurveyHooks } from './survey';
import { verdictOf, wearsLooksOf } from './verdict';
import { proportionOf, type Proportion } from './wilson';

/** How often the individual should be recognised in its own pictures. */
export const RECOGNISED_GOAL = 0.8;

/** The pictures of a concept. */
export interface SubjectRates {
  prompt: string;
  individual: string;
  rates: PresenceRates;
}

/** Pictures of animals that were not taught. */
export interface OtherRates {
  model: 'base' | 'fine-tune';
  prompt: string;
  /** The named species and nothing else. */
  right: Proportion;
  /** For each individual that was taught: its looks are on something in the picture. */
  changedInto: Record<string, Proportion>;
}

/** What a fine-tune draws. */
export interface FineTuneReport {
  seeds: number;
  subjects: SubjectRates[];
  /** The fine-tune's and, as a control, the base's at the same seeds. */
  others: OtherRates[];
}

/** Pictures of the two models; asked one after the other, the fine-tune first. */
export interface ModelSources {
  tuned: PictureSource;
  base: PictureSource;
}

/** How many pictures `scoreFineTune` asks for. */
export function fineTunePictureCount(subjects: readonly Subject[], seeds: number): number {
  return seeds * (subjects.length + 2 * otherClasses(subjects).length);
}

/** Measures whether the individuals are recognised, and whether other animals stayed what they are. */
export async function scoreFineTune(
  sources: ModelSources,
  reader: SceneReader,
  seeds: readonly number[],
  subjects: readonly Subject[],
  hooks: SurveyHooks = {},
): Promise<FineTuneReport> {
  let before = 0;
  const surveyOf = (source: PictureSource, label: string) => {
    const offset = before;
    return new Survey(source, reader, {
      onPicture: (done, prompt) => hooks.onPicture?.((before = offset + done), prompt),
      ...(hooks.onSheet ? { onSheet: (prompt, sheet) => hooks.onSheet!(`${label}: ${prompt}`, sheet) } : {}),
    });
  };
  const tuned = surveyOf(sources.tuned, 'fine-tune');
  const report: FineTuneReport = { seeds: seeds.length, subjects: [], others: [] };
  for (const subject of subjects) {
    const prompt = `photo of a ${subjectPhrase(subject)}`;
    const readings = await tuned.ask(prompt, seeds, (reading) => {
      const verdict = verdictOf(reading, [subject]);
      return { caption: verdict, good: verdict === 'success' };
    });
    report.subjects.push({ prompt, individual: subject.individual, rates: presenceRates(readings, [subject]) });
  }
  report.others.push(...(await othersOf('fine-tune', tuned, seeds, subjects)));
  report.others.push(...(await othersOf('base', surveyOf(sources.base, 'base'), seeds, subjects)));
  return report;
}

async function othersOf(
  model: OtherRates['model'],
  survey: Survey,
  seeds: readonly number[],
  subjects: readonly Subject[],
): Promise<OtherRates[]> {
  const names = subjects.map(({ individual }) => individual);
  const worn = ({ detections }: SceneReading) =>
    names.filter((name) => detections.some((detection) => wearsLooksOf(detection, name)));
  const rates: OtherRates[] = [];
  for (const { noun, species } of otherClasses(subjects)) {
    const prompt = `photo of a ${noun}`;
    const readings = await survey.ask(prompt, seeds, (reading) => {
      const caption = [animalRead(reading), ...worn(reading)].join(', ');
      return { caption, good: caption === species };
    });
    const changedInto = names.map((name) => [name, proportionOf(readings, (reading) => worn(reading).includes(name))]);
    const right = proportionOf(readings, (reading) => animalRead(reading) === species);
    rates.push({ model, prompt, right, changedInto: Object.fromEntries(changedInto) as OtherRates['changedInto'] });
  }
  return rates;
}

/** The class nouns of the concepts, and cat and dog at any rate: a change shows first in the class and its nearest kin. */
function otherClasses(subjects: readonly Subject[]): { noun: string; species: string }[] {
  const classes = new Map([
    ['cat', 'cat'],
    ['dog', 'dog'],
  ]);
  for (const { classNoun, species } of subjects) classes.set(classNoun, species);
  return [...classes].map(([noun, species]) => ({ noun, species }));
}
