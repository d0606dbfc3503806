import type { ComputedOn } from '../../src/common/protocol/device';
import { plainPrompt } from '../sample/plainPrompt';
import type { SampleSettings } from './generatorSource';
import { JudgedSheet } from './judgedSheet';
import { presenceRates, type PresenceRates } from './presence';
import type { SceneReading } from './sceneReading';
import { subjectPhrase, type Subject } from './subject';
import { Survey, type PictureSource, type SceneReader, type SurveyHooks } from './survey';
import { verdictOf, type Expected, type Verdict } from './verdict';

/** What the fine-tunes are compared with: the base model with plain class words. */
export const BASE_ROW = 'base';

/** The pictures of one prompt by one model. */
export interface StudyRow {
  /** A freeze mode, or {@link BASE_ROW}, of which only the species can be asked for. */
  mode: string;
  /** Which of the two prompts, from 1. */
  number: number;
  prompt: string;
  rates: PresenceRates;
  /** What was read in each picture, and what became of it. */
  pictures: { seed: number; verdict: Verdict; reading: SceneReading }[];
}

/** A finished study, or what there is of it so far. */
export interface StudyReport {
  subjects: Subject[];
  seeds: number[];
  settings: SampleSettings;
  computedOn: ComputedOn;
  /** What each mode's fine-tune cost. */
  training: StudyTraining[];
  rows: StudyRow[];
}

/** The fine-tune of one mode. */
export interface StudyTraining {
  mode: string;
  folder: string;
  steps: number;
  learningRate: number;
  trainedParameters: number;
  /** Of all steps together. */
  seconds: number;
}

/** The two prompts of the study, in each of which both subjects are asked for. */
export function studyPrompts([first, second]: readonly [Subject, Subject]): [string, string] {
  const [one, two] = [subjectPhrase(first), subjectPhrase(second)];
  return [`photo of a ${one} and a ${two}`, `the ${two}, and the ${one}, two different animals`];
}

/** What a picture of the study should show. */
export interface StudyQuestion {
  mode: string;
  /** Which of the two prompts, from 1. */
  number: number;
  prompt: string;
  expected: readonly Expected[];
}

/** The questions to one mode, or to the base: there the same prompts without tokens, and any animal of the species will do. */
export function studyQuestions(mode: string, subjects: readonly [Subject, Subject]): StudyQuestion[] {
  const tokens = subjects.map(({ token }) => token);
  const ofBase = mode === BASE_ROW;
  const expected = subjects.map(({ species, individual }) => (ofBase ? { species } : { species, individual }));
  return studyPrompts(subjects).map((prompt, i) => ({
    mode,
    number: i + 1,
    prompt: ofBase ? plainPrompt(prompt, tokens) : prompt,
    expected,
  }));
}

/** Measures one question; the row comes with a sheet of its pictures. */
export async function measureQuestion(
  { mode, number, prompt, expected }: StudyQuestion,
  source: PictureSource,
  reader: SceneReader,
  seeds: readonly number[],
  onPicture?: SurveyHooks['onPicture'],
): Promise<{ row: StudyRow; sheet: JudgedSheet }> {
  let sheet = new JudgedSheet();
  const survey = new Survey(source, reader, { onPicture, onSheet: (_prompt, drawn) => void (sheet = drawn) });
  const judge = (reading: SceneReading) => verdictOf(reading, expected);
  const readings = await survey.ask(prompt, seeds, (reading) => {
    const caption = judge(reading);
    return { caption, good: caption === 'success' };
  });
  const pictures = readings.map((reading, i) => ({ seed: seeds[i]!, verdict: judge(reading), reading }));
  return { row: { mode, number, prompt, rates: presenceRates(readings, expected), pictures }, sheet };
}
