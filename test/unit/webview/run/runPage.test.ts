import { describe, expect, it } from 'vitest';
import type { RunFromHost, RunView } from '../../../../src/common/webview/run';
import { runStrings } from '../../../../src/common/webview/runStrings';
import { Announcer } from '../../../../webview/run/announcer';
import { chartLines } from '../../../../webview/run/chartLines';
import { toggled, windowRange } from '../../../../webview/run/chartSettings';
import { alignTo, unionOfSteps } from '../../../../webview/run/mergeSteps';
import { quantitiesOf } from '../../../../webview/run/quantities';
import { nextPage, type RunPage } from '../../../../webview/run/runPage';
import { followSamples } from '../../../../webview/run/sampleChoice';
import { thinRows } from '../../../../webview/run/thinRows';
import { columnsOf } from './columns';

const run: RunView = {
  id: '/runs/a',
  name: 'a',
  controls: { state: 'training', hasDelta: false, hasCheckpoint: false, mayStart: true },
  step: 3,
  steps: 10,
  mode: 'crossattn-kv',
  base: 'pocket',
  concepts: [{ modifierToken: '<new1>', classNoun: 'cat' }],
};
const state: RunFromHost = {
  type: 'state',
  strings: runStrings,
  run,
  steps: columnsOf(1, 3),
  samples: [],
  log: [],
  others: [],
  overlay: null,
};

describe('the page and what the host tells', () => {
  it('waits for the whole state', () => {
    expect(nextPage(undefined, { type: 'update', steps: columnsOf(1, 3) })).toBeUndefined();
    expect(nextPage(undefined, state)?.table.length).toBe(3);
  });

  it('appends increments and starts over with a new state', () => {
    const page = nextPage(nextPage(undefined, state), { type: 'update', steps: columnsOf(4, 6) })!;
    expect([...page.table.columns.steps]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(nextPage(page, state)!.table.length).toBe(3);
  });

  it.each<[RunFromHost, keyof RunPage, unknown]>([
    [{ type: 'update', run: { ...run, step: 9 } }, 'run', { ...run, step: 9 }],
    [{ type: 'update', log: [{ kind: 'info', text: 'x' }] }, 'log', [{ kind: 'info', text: 'x' }]],
    [{ type: 'update', others: [{ id: '/runs/b', name: 'b' }] }, 'others', [{ id: '/runs/b', name: 'b' }]],
    [{ type: 'update', samples: [{ step: 0, pictures: [] }] }, 'samples', [{ step: 0, pictures: [] }]],
  ])('takes over %j', (message, key, value) => {
    const page = nextPage(nextPage(undefined, state), message)!;
    expect(page[key]).toEqual(value);
    expect(page.table.length).toBe(3);
  });

  it('lays another run over this one and takes it away', () => {
    const before = nextPage(undefined, state);
    const page = nextPage(before, { type: 'update', overlay: { id: '/runs/b', name: 'b', steps: columnsOf(1, 5) } })!;
    expect(page.overlay).toMatchObject({ id: '/runs/b', name: 'b' });
    expect(page.overlay!.table.length).toBe(5);
    expect(nextPage(page, { type: 'update', overlay: null })!.overlay).toBeNull();
  });
});

describe('the lines of a chart', () => {
  const columns = columnsOf(1, 3);
  it('are the total, each concept and the prior, told apart by their dashes too', () => {
    const quantities = quantitiesOf('loss', run, columns, runStrings);
    expect(quantities.map(({ label }) => label)).toEqual(['total', '<new1> cat', 'prior']);
    expect(new Set(quantities.map(({ dash }) => dash.join())).size).toBe(3);
    expect(quantities.every(({ color }) => color.startsWith('--vscode-charts-'))).toBe(true);
  });

  it('leave out a prior that no step has', () => {
    const without = columnsOf(1, 3, () => ({ priorLoss: null }));
    expect(quantitiesOf('loss', run, without, runStrings).map(({ id }) => id)).toEqual(['total', 'concept0']);
  });

  it('are drawn faint as they are and bold smoothed, and dotted for another run that may be longer', () => {
    const quantities = quantitiesOf('gradient', run, columns, runStrings);
    const { steps, lines } = chartLines(quantities, columns, columnsOf(1, 5), { smoothing: 0.5, showRaw: true });
    expect([...steps]).toEqual([1, 2, 3, 4, 5]);
    expect(lines.map(({ alpha, dash }) => [alpha, dash.length])).toEqual([
      [0.3, 0],
      [1, 0],
      [1, 2],
    ]);
    expect([...lines[0]!.values]).toEqual([1, 1, 1, NaN, NaN]);
    const plain = chartLines(quantities, columns, undefined, { smoothing: 0, showRaw: true });
    expect(plain.lines).toHaveLength(1);
    expect(plain.lines[0]!.values).toEqual(columns.gradientNorm);
  });
});

describe('small rules of the page', () => {
  it('joins the steps of two runs', () => {
    const steps = unionOfSteps(Float64Array.of(1, 2, 4), Float64Array.of(2, 3, 4, 9));
    expect([...steps]).toEqual([1, 2, 3, 4, 9]);
    expect([...alignTo(steps, Float64Array.of(2, 4), Float64Array.of(20, 40))]).toEqual([NaN, 20, NaN, 40, NaN]);
    expect([...alignTo(steps, Float64Array.of(), Float64Array.of())].every(Number.isNaN)).toBe(true);
  });

  it('reads a step aloud at most every ten seconds, and none twice', () => {
    const announcer = new Announcer();
    expect(announcer.next('step 1', 0)).toBe('step 1');
    expect(announcer.next('step 2', 9_999)).toBeUndefined();
    expect(announcer.next('step 3', 10_000)).toBe('step 3');
    expect(announcer.next('step 3', 60_000)).toBeUndefined();
  });

  it('follows the newest samples unless one looked back', () => {
    expect(followSamples(undefined, [], [])).toBeUndefined();
    expect(followSamples(undefined, [], [0, 100])).toBe(100);
    expect(followSamples(100, [0, 100], [0, 100, 200])).toBe(200);
    expect(followSamples(0, [0, 100], [0, 100, 200])).toBe(0);
    expect(followSamples(50, [0, 50, 100], [0])).toBe(0);
  });

  it('thins table rows evenly with the first and the last', () => {
    expect(thinRows(3, 50)).toEqual([0, 1, 2]);
    const rows = thinRows(10_000, 50);
    expect(rows).toHaveLength(50);
    expect([rows[0], rows.at(-1)]).toEqual([0, 9999]);
    expect(new Set(rows).size).toBe(50);
  });

  it('chooses the steps of the timestep bins', () => {
    const zoomed = { min: 10, max: 20 };
    expect(windowRange('all', zoomed, 500)).toEqual({ min: 1, max: 500 });
    expect(windowRange('100', zoomed, 500)).toEqual({ min: 401, max: 500 });
    expect(windowRange('1000', zoomed, 500)).toEqual({ min: 1, max: 500 });
    expect(windowRange('zoomed', zoomed, 500)).toEqual(zoomed);
  });

  it('switches lines off and on', () => {
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  });
});
