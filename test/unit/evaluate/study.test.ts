import { describe, expect, it } from 'vitest';
import { sceneOfPrompt } from '../../../native-runtime/evaluate/renderedPictures';
import {
  BASE_ROW,
  measureQuestion,
  studyQuestions,
  type StudyReport,
} from '../../../native-runtime/evaluate/studyProtocol';
import { formatStudy } from '../../../native-runtime/evaluate/studyReport';
import { knownIndividual, type Subject } from '../../../native-runtime/evaluate/subject';
import type { Verdict } from '../../../native-runtime/evaluate/verdict';
import { scorerConfig } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { placeAnimal } from '../../../native-runtime/pocket/world/individuals';
import type { Scene } from '../../../native-runtime/pocket/world/scene';
import { TruthfulWorld } from './truthfulReader';

const subject = (token: string, name: string): Subject => {
  const known = knownIndividual(name, scorerConfig, 'test');
  return { token, classNoun: known.species, ...known };
};
const subjects = [subject('<new1>', 'mochi-cat'), subject('<new2>', 'biscuit-dog')] as const;
const individuals = { '<new1>': 'mochi-cat', '<new2>': 'biscuit-dog' };
const seeds = [1, 2];
const questions = studyQuestions('crossattn', subjects);

/** The right scene, changed. */
const changed = (change: (scene: Scene) => Scene) =>
  new TruthfulWorld((prompt, seed) => change(sceneOfPrompt(prompt, seed, individuals)));

const swap = (scene: Scene): Scene => ({
  ...scene,
  animals: scene.animals.map((animal, i) => {
    const other = scene.animals[1 - i]!;
    const { coat, pattern, accessory } = other;
    return placeAnimal({ species: animal.species, coat, pattern, accessory }, animal.place, animal.facing);
  }),
});

describe('the study', () => {
  it('asks the two prompts, of the base without tokens', () => {
    expect(questions.map(({ prompt }) => prompt)).toEqual([
      'photo of a <new1> cat and a <new2> dog',
      'the <new2> dog, and the <new1> cat, two different animals',
    ]);
    const base = studyQuestions(BASE_ROW, subjects);
    expect(base.map(({ prompt }) => prompt)).toEqual([
      'photo of a cat and a dog',
      'the dog, and the cat, two different animals',
    ]);
    expect(base[0]!.expected).toEqual([{ species: 'cat' }, { species: 'dog' }]);
  });

  it.each<[Verdict, (scene: Scene) => Scene]>([
    ['success', (scene) => scene],
    ['missing', (scene) => ({ ...scene, animals: scene.animals.slice(0, 1) })],
    [
      'duplicate',
      ({ animals, ...scene }) => ({ ...scene, animals: [animals[0]!, { ...animals[0]!, place: 'right' }] }),
    ],
    ['swapped', swap],
    ['unrecognised', (scene) => ({ ...scene, animals: scene.animals.map((a) => ({ ...a, individual: undefined })) })],
  ])('tells %s from all else', async (verdict, change) => {
    for (const question of questions) {
      const world = changed(change);
      const { row } = await measureQuestion(question, world.source, world, seeds);
      expect(row.rates.verdicts[verdict]).toMatchObject({ count: 2, total: 2 });
      expect(row.pictures.map((picture) => [picture.seed, picture.verdict])).toEqual([
        [1, verdict],
        [2, verdict],
      ]);
    }
  });

  it('becomes a table with a row for each mode and prompt', async () => {
    const world = changed((scene) => scene);
    const rows = [];
    for (const mode of [BASE_ROW, 'crossattn-kv', 'crossattn'])
      for (const question of studyQuestions(mode, subjects))
        rows.push((await measureQuestion(question, world.source, world, seeds)).row);
    const report: StudyReport = {
      subjects: [...subjects],
      seeds,
      settings: { width: 64, height: 64, steps: 25, scheduler: 'ddim', guidanceScale: 4 },
      computedOn: { device: 'webgpu', mixedPrecision: true },
      training: [],
      rows,
    };
    const lines = formatStudy(report).split('\n');
    expect(lines[2]).toContain('guidance 4; drawn on webgpu, products in 16 bits.');
    const table = lines.filter((line) => line.startsWith('|'));
    expect(table).toHaveLength(2 + 6);
    expect(table[0]).toMatch(
      /mode.*prompt.*success.*both species.*mochi-cat.*biscuit-dog.*swapped.*duplicate.*missing.*mixed/,
    );
    expect(table[2]).toMatch(/^\| base +\| +1 \| 100 \(34–100\) +\| 100 \(34–100\) +\| – /);
    expect(table[5]).toMatch(/^\| crossattn-kv +\| +2 \| 100 \(34–100\) .* 0 \(0–66\) /);
    expect(lines).toContain('2. `the <new2> dog, and the <new1> cat, two different animals`');
  });
});
