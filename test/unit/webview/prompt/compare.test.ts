import { describe, expect, it } from 'vitest';
import { planComparison, type ComparePlan } from '../../../../src/common/webview/promptCompare';
import { withoutUnknownTokens } from '../../../../src/common/webview/promptPlain';
import { comparePreset, presetNames } from '../../../../src/common/webview/promptPresets';
import type { CompareForm } from '../../../../src/common/webview/promptForm';
import { axis, testForm, testModels } from './forms';

const words = { seed: 'seed {0}', strength: 'strength {0}', guidance: 'guidance {0}', steps: '{0} steps' };
const plan = (compare: CompareForm, change = {}) =>
  planComparison(testForm({ compare, ...change }), testModels, words) as ComparePlan;

describe('planComparison', () => {
  it('makes one request a row when the columns are seeds', () => {
    const { rows, columns, requests, cells } = plan({ y: axis('strength', '0, 1'), x: axis('seed', '5, 8') });
    expect({ rows, columns, cells }).toEqual({
      rows: ['strength 0', 'strength 1'],
      columns: ['seed 5', 'seed 8'],
      cells: 4,
    });
    expect(requests.map(({ seeds, settings }) => [settings.strength, ...seeds])).toEqual([
      [0, 5, 8],
      [1, 5, 8],
    ]);
    expect(requests[1]!.places).toEqual([
      { row: 1, column: 0 },
      { row: 1, column: 1 },
    ]);
  });

  it('makes one request a column when the rows are seeds', () => {
    const { requests } = plan({ y: axis('seed', '1-3'), x: axis('steps', '10, 20') });
    expect(requests.map(({ seeds, settings }) => [settings.steps, ...seeds])).toEqual([
      [10, 1, 2, 3],
      [20, 1, 2, 3],
    ]);
    expect(requests[1]!.places.map(({ row }) => row)).toEqual([0, 1, 2]);
    expect(requests[1]!.places.every(({ column }) => column === 1)).toBe(true);
  });

  it('makes one request a cell when neither axis is seeds, all with the first seed', () => {
    const result = plan({ y: axis('guidance', '2, 4'), x: axis('sampler', '', ['ddim', 'unipc']) }, { firstSeed: 7 });
    expect(result.columns).toEqual(['DDIM', 'UniPC']);
    expect(result.requests).toHaveLength(4);
    expect(result.requests.every(({ seeds }) => seeds.length === 1 && seeds[0] === 7)).toBe(true);
    expect(result.requests.map(({ label }) => label)).toContain('guidance 4 · UniPC');
    const cells = result.requests.flatMap(({ places }) => places.map(({ row, column }) => `${row}/${column}`));
    expect(new Set(cells).size).toBe(4);
  });

  it('shows the seeds of the form on an axis that is left out', () => {
    const result = plan({ y: axis('model', '', ['base:pocket', 'delta:/runs/cat']), x: axis('none') }, { count: 3 });
    expect(result.columns).toEqual(['seed 1', 'seed 2', 'seed 3']);
    expect(result.cells).toBe(6);
  });

  it('asks the base without the tokens it has not learned', () => {
    const { requests } = plan({ y: axis('model', '', ['base:pocket', 'delta:/runs/cat']), x: axis('seed') });
    expect(requests.map(({ settings }) => settings.prompt)).toEqual(['photo of a cat', 'photo of a <new1> cat']);
  });

  it('takes each line of an axis of prompts once', () => {
    const { rows, requests } = plan({ y: axis('prompt', 'a cat\n\n a dog \na cat'), x: axis('none') }, { count: 1 });
    expect(rows).toEqual(['a cat', 'a dog']);
    expect(requests.map(({ settings }) => settings.prompt)).toEqual(['a cat', 'a dog']);
  });

  it.each([
    [{ y: axis('steps', '1'), x: axis('steps', '2') }, {}, { axis: 'both', problem: 'sameAxis' }],
    [{ y: axis('none'), x: axis('none') }, { count: 1 }, { axis: 'both', problem: 'noAxis' }],
    [{ y: axis('steps', '10, x'), x: axis('seed') }, {}, { axis: 'y', problem: 'notNumber', at: 'x' }],
    [{ y: axis('seed'), x: axis('strength', '9') }, {}, { axis: 'x', problem: 'outOfRange', at: '9' }],
    [{ y: axis('model'), x: axis('seed') }, {}, { axis: 'y', problem: 'nothingChosen' }],
    [{ y: axis('seed', '4-1'), x: axis('none') }, {}, { axis: 'y', problem: 'backwards' }],
    [
      { y: axis('seed'), x: axis('none') },
      { seedMode: 'list', seedList: '' },
      { axis: 'seeds', problem: 'empty' },
    ],
    [{ y: axis('steps', '1-8'), x: axis('guidance', '1 2 3 4 5 6 7') }, {}, { problem: 'tooManySettings', at: '56' }],
    [{ y: axis('seed'), x: axis('none') }, { model: 'gone' }, { problem: 'nothingChosen' }],
  ])('refuses %o with %o', (compare, change, expected) => {
    expect(plan(compare as CompareForm, change)).toMatchObject(expected);
  });

  it('has a place for every picture, whatever the axes', () => {
    const result = plan({
      y: axis('seed', '1-3'),
      x: axis(
        'model',
        '',
        testModels.map(({ id }) => id),
      ),
    });
    const cells = result.requests.flatMap(({ seeds, places }) => {
      expect(places).toHaveLength(seeds.length);
      return places.map(({ row, column }) => row * result.columns.length + column);
    });
    expect([...cells].sort((a, b) => a - b)).toEqual(Array.from({ length: result.cells }, (_, i) => i));
  });
});

describe('comparePreset', () => {
  const chosen = (name: (typeof presetNames)[number], id: string) => comparePreset(name, id, testModels)?.y.choices;
  it('compares base and tuned', () => {
    expect(chosen('baseTuned', 'delta:/runs/cat')).toEqual(['base:pocket', 'delta:/runs/cat']);
    expect(chosen('baseTuned', 'base:pocket')).toBeUndefined();
  });
  it('compares all checkpoints of a run, from the run or one of them', () => {
    const all = ['delta:/runs/cat', 'delta:/runs/cat/checkpoints/100', 'delta:/runs/cat/checkpoints/50'];
    expect(chosen('checkpoints', 'delta:/runs/cat')).toEqual(all);
    expect(chosen('checkpoints', 'delta:/runs/cat/checkpoints/50')).toEqual(all);
    expect(chosen('checkpoints', 'delta:/runs/dog')).toBeUndefined();
  });
  it('compares strengths of a fine-tune only', () => {
    expect(comparePreset('strengths', 'delta:/runs/cat', testModels)?.y).toMatchObject({ text: '0, 0.5, 1' });
    expect(comparePreset('strengths', 'base:pocket', testModels)).toBeUndefined();
  });
  it('compares the newest run of each mode that learned the same tokens', () => {
    expect(chosen('modes', 'delta:/runs/cat')).toEqual(['delta:/runs/cat', 'delta:/runs/cat2']);
    expect(chosen('modes', 'delta:/runs/dog')).toBeUndefined();
  });
  it('gives plans that can be made', () => {
    for (const name of presetNames) {
      const compare = comparePreset(name, 'delta:/runs/cat', testModels)!;
      expect(plan(compare), name).not.toHaveProperty('problem');
    }
  });
});

it('leaves tokens that nobody has learned to be refused', () => {
  const base = testModels[0]!;
  expect(withoutUnknownTokens('a <NEW1> cat and a <other> dog', base, testModels)).toBe('a cat and a <other> dog');
  expect(withoutUnknownTokens('a <new1> cat', testModels[1]!, testModels)).toBe('a <new1> cat');
});
