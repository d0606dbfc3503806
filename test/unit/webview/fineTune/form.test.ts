import { describe, expect, it } from 'vitest';
import type { FineTuneState } from '../../../../src/common/webview/fineTune';
import {
  fieldName,
  valueAt,
  withEdit,
  type FieldEdit,
  type FineTuneDraft,
} from '../../../../src/common/webview/fineTuneDraft';
import { fineTuneStrings } from '../../../../src/common/webview/fineTuneStrings';
import {
  advancedGroups,
  captionFields,
  priorFields,
  subjectFields,
  trainingFields,
} from '../../../../webview/fineTune/fieldTable';
import { says, textOf, valueOf } from '../../../../webview/fineTune/fieldText';
import { fieldAndParents } from '../../../../webview/fineTune/focusField';
import { problemText } from '../../../../webview/fineTune/page';
import { bytesText, countText, durationText } from '../../../../webview/fineTune/quantities';
import { reduce, type PageState } from '../../../../webview/fineTune/store';
import { trainConfigJsonSchema } from '../../../../src/common/config/trainConfig';

const draft: FineTuneDraft = { base: 'pocket', concepts: [{ folder: 'cat', classNoun: 'cat' }], sample: { every: 5 } };

describe('edits of a draft', () => {
  it('write, replace and leave out, and never change the draft before', () => {
    const before = JSON.stringify(draft);
    expect(withEdit(draft, { path: ['steps'], value: 10 })).toEqual({ ...draft, steps: 10 });
    expect(
      valueAt(withEdit(draft, { path: ['concepts', 0, 'prior', 'count'], value: 8 }), ['concepts', 0, 'prior']),
    ).toEqual({
      count: 8,
    });
    expect(JSON.stringify(draft)).toBe(before);
  });

  it('leave out objects that become empty', () => {
    expect(withEdit(draft, { path: ['sample', 'every'] })).toEqual({ base: 'pocket', concepts: draft.concepts });
    expect(withEdit(draft, { path: ['augmentation', 'flip'] })).toEqual(draft);
  });

  it('keep the order of a document, and do not add to lists', () => {
    expect(Object.keys(withEdit(draft, { path: ['base'], value: 'other' }))).toEqual(['base', 'concepts', 'sample']);
    expect(withEdit(draft, { path: ['concepts', 3, 'classNoun'], value: 'dog' })).toEqual(draft);
  });

  it('go round: every field written and left out again gives the draft', () => {
    const fields = [
      ...trainingFields,
      ...advancedGroups.flatMap(({ fields: f }) => f),
      ...captionFields(0),
      ...priorFields(0, 'generated'),
    ];
    const before: FineTuneDraft = { base: 'pocket', concepts: [{ folder: 'cat' }] };
    const edits = fields.map(({ path }): FieldEdit => ({ path, value: 1 }));
    const full = edits.reduce(withEdit, before);
    for (const { path } of fields) expect(valueAt(full, path)).toBe(1);
    expect(edits.map(({ path }) => ({ path })).reduce<FineTuneDraft>(withEdit, full)).toEqual(before);
  });

  it('values inherited by all objects are no fields', () => {
    expect(valueAt(draft, ['constructor'])).toBeUndefined();
    expect(valueAt(draft, ['base', 'length'])).toBeUndefined();
  });
});

describe('the form', () => {
  it('has a field for everything of the schema', () => {
    type Schema = { properties?: Record<string, Schema>; items?: Schema };
    const leaves = ({ properties, items }: Schema, path: string): string[] =>
      properties
        ? Object.entries(properties).flatMap(([name, child]) => leaves(child, path ? `${path}.${name}` : name))
        : items?.properties
          ? leaves(items, `${path}.0`)
          : [path];
    const tables = [
      ...trainingFields,
      ...advancedGroups.flatMap(({ fields }) => fields),
      ...subjectFields(0),
      ...captionFields(0),
      ...priorFields(0, 'generated'),
      ...priorFields(0, 'folder'),
    ];
    const shown = new Set([
      ...tables.map(({ path }) => fieldName(path)),
      // Not in a table: the page's own parts.
      ...['base', 'name', 'mode', 'layers', 'concepts.0.folder', 'concepts.0.exclude'],
    ]);
    const all = leaves(trainConfigJsonSchema() as Schema, '').filter((path) => path !== '$schema');
    expect(all.filter((path) => !shown.has(path))).toEqual([]);
    expect([...shown].filter((path) => !all.includes(path))).toEqual([]);
  });
});

describe('texts of fields', () => {
  it.each<[string, Parameters<typeof valueOf>[1], unknown]>([
    ['', 'number', undefined],
    ['  ', 'text', undefined],
    ['4e-5', 'number', 0.00004],
    ['1.', 'number', 1],
    ['ten', 'number', 'ten'],
    ['Infinity', 'number', 'Infinity'],
    ['a cat', 'text', 'a cat'],
    ['a\n\n b \n', 'lines', ['a', ' b ']],
    ['1, 2;3 x', 'numbers', [1, 2, 3, 'x']],
  ])('%j as %s', (text, kind, value) => {
    expect(valueOf(text, kind)).toEqual(value);
    expect(says(text, value, kind)).toBe(true);
  });

  it('values of any kind can be shown', () => {
    expect(textOf([1, 2], 'numbers')).toBe('1, 2');
    expect(textOf(['a', 'b'], 'lines')).toBe('a\nb');
    expect(textOf({ a: 1 }, 'number')).toBe('{"a":1}');
    expect(textOf(undefined, 'text')).toBe('');
    expect(textOf(0, 'number')).toBe('0');
  });
});

describe('problems', () => {
  const problems = [
    { field: 'steps', problem: 'must be a number', remedy: '' },
    { field: 'concepts.0.folder', file: 'a.txt', problem: 'no noun', remedy: 'Write it' },
    { field: 'concepts.0.folder', problem: 'one', remedy: 'Do' },
  ];
  it('are found at their field, those of files at the files', () => {
    expect(problemText(problems, 'steps')).toBe('must be a number');
    expect(problemText(problems, 'concepts.0.folder')).toBe('one. Do');
    expect(problemText(problems, 'seed')).toBeUndefined();
  });

  it('lead to the field or to the one around it', () => {
    expect(fieldAndParents('sample.seeds.2')).toEqual(['sample.seeds.2', 'sample.seeds', 'sample']);
    expect(fieldAndParents('')).toEqual([]);
  });
});

describe('quantities', () => {
  it('have few digits', () => {
    expect(countText(19_169_280, 'en')).toBe('19.2M');
    expect(bytesText(76_800_000, 'en')).toBe('76.8 MB');
    expect(bytesText(999_999, 'en')).toBe('1 MB');
    expect(bytesText(0, 'en')).toBe('0 byte');
    expect(durationText(0.4512, 'en')).toBe('0.45 sec');
    expect(durationText(600, 'en')).toBe('10 min');
    expect(durationText(3 * 3600, 'en')).toBe('3 hr');
  });
});

describe('the page', () => {
  const data: FineTuneState = {
    restricted: false,
    folder: '/w',
    config: draft,
    bases: [],
    model: { status: 'reading' },
    datasets: [{ status: 'reading', pictures: [], skipped: [], warnings: [] }],
    check: { pending: true, problems: [], warnings: [] },
    starting: false,
  };
  const start = reduce({ views: {} }, { type: 'state', strings: fineTuneStrings, state: data });
  const views = (state: PageState) => state.views[0];

  it('shows edits before the host confirms them', () => {
    const next = reduce(start, { type: 'edited', edits: [{ path: ['steps'], value: 7 }] });
    expect(next.data!.config.steps).toBe(7);
    expect(reduce({ views: {} }, { type: 'update', change: { starting: true } })).toEqual({ views: {} });
  });

  it('takes the views that were asked for last, and drops older answers', () => {
    let state = reduce(start, { type: 'viewsAsked', concept: 0, file: 'a.png', first: 0 });
    state = reduce(state, { type: 'viewsAsked', concept: 0, file: 'a.png', first: 6 });
    state = reduce(state, { type: 'views', concept: 0, file: 'a.png', first: 0, views: [] });
    expect(views(state)).toMatchObject({ reading: true, first: 6 });
    state = reduce(state, { type: 'views', concept: 0, file: 'a.png', first: 6, views: [], problem: 'no' });
    expect(views(state)).toMatchObject({ reading: false, problem: 'no' });
    state = reduce(state, { type: 'viewsClosed', concept: 0 });
    expect(reduce(state, { type: 'views', concept: 0, file: 'a.png', first: 6, views: [] }).views).toEqual({});
  });

  it('closes views when concepts come or go', () => {
    const open = reduce(start, { type: 'viewsAsked', concept: 0, file: 'a.png', first: 0 });
    expect(reduce(open, { type: 'update', change: { datasets: [] } }).views).toEqual({});
    expect(views(reduce(open, { type: 'update', change: { datasets: data.datasets } }))).toBeDefined();
  });

  it('replaces one dataset', () => {
    const ready = { ...data.datasets[0]!, status: 'ready' as const };
    expect(reduce(start, { type: 'dataset', concept: 0, dataset: ready }).data!.datasets).toEqual([ready]);
    expect(reduce(start, { type: 'dataset', concept: 4, dataset: ready }).data!.datasets).toEqual(data.datasets);
  });
});
