/** A stretch of steps. */
export interface StepRange {
  min: number;
  max: number;
}

/** What part of a run a chart shows; undefined is all of it, however long it gets. */
export type ChartView = StepRange | undefined;

/** No narrower than this: fewer steps are no curve. */
const leastWidth = 4;

/** The stretch that is shown. */
export function shownRange(view: ChartView, whole: StepRange): StepRange {
  return view ?? whole;
}

/** Zooms by a factor (above 1: closer) around a step, by default the middle. */
export function zoom(view: ChartView, whole: StepRange, factor: number, around?: number): ChartView {
  const { min, max } = shownRange(view, whole);
  const centre = Math.min(max, Math.max(min, around ?? (min + max) / 2));
  const width = Math.max(leastWidth, (max - min) / factor);
  const share = max > min ? (centre - min) / (max - min) : 0.5;
  return fitted({ min: centre - share * width, max: centre + (1 - share) * width }, whole);
}

/** Moves by a share of what is shown; to the right when positive. */
export function pan(view: ChartView, whole: StepRange, share: number): ChartView {
  if (!view) return view;
  const shift = (view.max - view.min) * share;
  return fitted({ min: view.min + shift, max: view.max + shift }, whole);
}

/** Shows a stretch that was marked, in either direction. */
export function select(a: number, b: number, whole: StepRange): ChartView {
  const middle = (a + b) / 2;
  const half = Math.max(leastWidth, Math.abs(a - b)) / 2;
  return fitted({ min: middle - half, max: middle + half }, whole);
}

/** Keeps a stretch inside the run; one that covers all of it follows the run as it grows. */
export function fitted(view: StepRange, whole: StepRange): ChartView {
  const width = view.max - view.min;
  if (width >= whole.max - whole.min) return undefined;
  const min = Math.min(Math.max(view.min, whole.min), whole.max - width);
  return { min, max: min + width };
}
