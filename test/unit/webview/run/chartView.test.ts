import { describe, expect, it } from 'vitest';
import { fitted, pan, select, shownRange, zoom } from '../../../../webview/run/chartView';

const whole = { min: 1, max: 101 };

describe('zooming a chart', () => {
  it('shows all of a run that grows until something else is asked for', () => {
    expect(shownRange(undefined, { min: 1, max: 7 })).toEqual({ min: 1, max: 7 });
    expect(shownRange({ min: 2, max: 5 }, whole)).toEqual({ min: 2, max: 5 });
  });

  it('zooms around the middle, or keeps the step under the pointer where it is', () => {
    expect(zoom(undefined, whole, 2)).toEqual({ min: 26, max: 76 });
    expect(zoom(undefined, whole, 2, 21)).toEqual({ min: 11, max: 61 });
  });

  it('zooming out far enough shows all again', () => {
    expect(zoom({ min: 26, max: 76 }, whole, 0.5)).toBeUndefined();
    expect(zoom({ min: 90, max: 100 }, whole, 0.5)).toEqual({ min: 81, max: 101 });
  });

  it('never gets narrower than a few steps', () => {
    let view = zoom(undefined, whole, 2, 50);
    for (let i = 0; i < 30; i++) view = zoom(view, whole, 2, 50);
    expect(view!.max - view!.min).toBeCloseTo(4, 9);
    expect(select(40, 40.2, whole)).toEqual({ min: 38.1, max: 42.1 });
  });

  it('moves as far as the run goes', () => {
    expect(pan({ min: 11, max: 31 }, whole, 0.5)).toEqual({ min: 21, max: 41 });
    expect(pan({ min: 11, max: 31 }, whole, -2)).toEqual({ min: 1, max: 21 });
    expect(pan({ min: 90, max: 100 }, whole, 5)).toEqual({ min: 91, max: 101 });
    expect(pan(undefined, whole, 1)).toBeUndefined();
  });

  it('takes what was marked in either direction', () => {
    expect(select(60, 20, whole)).toEqual({ min: 20, max: 60 });
    expect(select(-50, 20, whole)).toEqual({ min: 1, max: 71 });
  });

  it('a view wider than a run that became shorter shows all of it', () => {
    expect(fitted({ min: 20, max: 90 }, { min: 1, max: 30 })).toBeUndefined();
  });
});
