import { describe, expect, it } from 'vitest';
import { fineTunePictureCount, scoreFineTune } from '../../../native-runtime/evaluate/fineTuneProtocol';
import { formatFineTuneReport } from '../../../native-runtime/evaluate/fineTuneReport';
import { sceneOfPrompt } from '../../../native-runtime/evaluate/renderedPictures';
import { knownIndividual, type Subject } from '../../../native-runtime/evaluate/subject';
import { scorerConfig } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { TruthfulWorld } from './truthfulReader';

const seeds = [1, 2, 3];
const mochi: Subject = { token: '<new1>', classNoun: 'cat', ...knownIndividual('mochi-cat', scorerConfig, 'test') };

/** A fine-tune that draws these individuals for these tokens, or `cat`, when the class itself is changed. */
const modelOf = (individuals: Record<string, string>, spoiled = false) =>
  new TruthfulWorld((prompt, seed) =>
    sceneOfPrompt(spoiled ? prompt.replace('a cat', 'a <new1> cat') : prompt, seed, individuals),
  );

async function report(world: TruthfulWorld, subjects: readonly Subject[] = [mochi]) {
  return scoreFineTune({ tuned: world.source, base: world.source }, world, seeds, subjects);
}

describe('the fine-tune protocol', () => {
  it('recognises the individual and leaves other animals alone', async () => {
    const { subjects, others } = await report(modelOf({ '<new1>': 'mochi-cat' }));
    expect(subjects[0]).toMatchObject({ prompt: 'photo of a <new1> cat', individual: 'mochi-cat' });
    expect(subjects[0]!.rates.individuals[0]).toMatchObject({ count: 3, total: 3 });
    expect(others.map(({ model, prompt }) => `${model} ${prompt}`)).toEqual([
      'fine-tune photo of a cat',
      'fine-tune photo of a dog',
      'base photo of a cat',
      'base photo of a dog',
    ]);
    for (const { right, changedInto } of others) {
      expect(right.rate).toBe(1);
      expect(changedInto['mochi-cat']!.count).toBe(0);
    }
  });

  it('sees that nothing was learned, or the wrong individual', async () => {
    for (const drawn of [{}, { '<new1>': 'pixel-cat' }] as Record<string, string>[]) {
      const { subjects } = await report(modelOf(drawn));
      expect(subjects[0]!.rates.individuals[0]!.count).toBe(0);
      expect(subjects[0]!.rates.verdicts.unrecognised.count).toBe(3);
    }
  });

  it('sees that the whole class became the individual', async () => {
    const { others } = await report(modelOf({ '<new1>': 'mochi-cat' }, true));
    expect(others[0]!.changedInto['mochi-cat']!.count).toBe(3);
    expect(others[1]!.changedInto['mochi-cat']!.count).toBe(0);
  });

  it('asks for the classes of all concepts', async () => {
    const clover = knownIndividual('clover-rabbit', scorerConfig, 'test');
    const subjects = [mochi, { token: '<new2>', classNoun: 'bunny', ...clover }];
    const world = modelOf({ '<new1>': 'mochi-cat' });
    const done: number[] = [];
    const { others, ...rest } = await scoreFineTune({ tuned: world.source, base: world.source }, world, [1], subjects, {
      onPicture: (count) => done.push(count),
    });
    expect(new Set(others.map(({ prompt }) => prompt))).toEqual(
      new Set(['photo of a cat', 'photo of a dog', 'photo of a bunny']),
    );
    expect(done).toEqual(Array.from({ length: fineTunePictureCount(subjects, 1) }, (_, i) => i + 1));
    const text = formatFineTuneReport({ ...rest, others });
    expect(text).toContain('`photo of a <new2> bunny`');
    expect(text).toContain('with the looks of clover-rabbit');
  });

  it('refuses an individual the scorer does not know, and names those it does', () => {
    expect(() => knownIndividual('tom-cat', scorerConfig, './tom-cat')).toThrow(/tom-cat.*mochi-cat/);
  });
});
