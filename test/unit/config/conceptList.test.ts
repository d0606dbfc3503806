import { describe, expect, it } from 'vitest';
import { parseConceptList, toConceptList } from '../../../src/common/config/conceptList';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import { ProductError } from '../../../src/common/errors';

const entry = {
  instance_prompt: 'photo of a <new1> cat',
  class_prompt: 'cat',
  instance_data_dir: './data/cat',
  class_data_dir: './real_reg/samples_cat/',
};
const parse = (...entries: object[]) => parseConceptList(JSON.stringify(entries), 'concepts_list.json');

describe('concept list', () => {
  it.each([
    ['photo of a <new1> cat', 'cat', 'cat', 'photo of a {}'],
    ['a <v> teddy bear on a chair', 'photo of a teddy bear', 'teddy bear', 'a {} on a chair'],
    ['<new1> dog, sitting', 'animal', 'dog', '{}, sitting'],
    ['painting in the style of <new1> art', 'art', 'art', 'painting in the style of {}'],
  ])('"%s" with class "%s"', (instance_prompt, class_prompt, classNoun, template) => {
    expect(parse({ ...entry, instance_prompt, class_prompt })[0]).toMatchObject({
      classNoun,
      template,
      prior: { kind: 'folder', folder: './real_reg/samples_cat/', prompt: class_prompt },
    });
  });

  it('generates the prior when there is no class folder', () => {
    const { class_data_dir: _folder, ...rest } = entry;
    expect(parse(rest)[0]!.prior).toEqual({ kind: 'generated', prompt: 'cat' });
  });

  it('is written as it was read', () => {
    const second = { ...entry, instance_prompt: 'photo of a <new2> dog', class_prompt: 'dog' };
    const { concepts } = resolveTrainConfig({ base: 'pocket', concepts: parse(entry, second) });
    expect(toConceptList(concepts)).toEqual([entry, second]);
  });

  it.each<[string, string, string, string]>([
    ['D1 trailing comma', '[\n{},\n]', 'l.json:3:1', 'comma'],
    ['D2 object, not list', '{}', 'l.json', 'a list'],
    ['D2 no entries', '[]', 'l.json', 'at least 1'],
    ['D2 missing folder', '[{"instance_prompt":"a <new1> cat"}]', '[0].instance_data_dir', 'missing'],
    [
      'D2 extra field',
      '[{"instance_prompt":"a <new1> cat","instance_data_dir":"x","clas_prompt":"c"}]',
      '[0].clas_prompt',
      '"class_prompt"',
    ],
    ['D6 no modifier token', '[{"instance_prompt":"a cat","instance_data_dir":"x"}]', '[0].instance_prompt', 'learned'],
    ['D6 no class noun', '[{"instance_prompt":"a <new1>","instance_data_dir":"x"}]', '[0].instance_prompt', 'noun'],
    [
      'D10 two modifier tokens',
      '[{"instance_prompt":"<a> <b> cat","instance_data_dir":"x"}]',
      '[0].instance_prompt',
      '2 modifier tokens',
    ],
  ])('%s', (_name, text, where, message) => {
    let caught: unknown;
    try {
      parseConceptList(text, 'l.json');
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ProductError);
    expect((caught as ProductError).where).toBe(where);
    expect((caught as ProductError).message).toContain(message);
  });
});
