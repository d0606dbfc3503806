import { samplerNames, samplerTitles, type SamplerName } from '../samplerNames';
import { formLimits, type AxisKind, type CompareAxis, type ModelOption, type PromptForm } from './promptForm';
import { withoutUnknownTokens } from './promptPlain';
import { formSeeds, parseNumbers, parseSeeds, type ListProblem } from './promptSeeds';

/** Everything one picture of a comparison is made with, but its seed. */
export interface PlannedSettings {
  model: ModelOption;
  prompt: string;
  strength: number;
  guidance: number;
  steps: number;
  sampler: SamplerName;
}

/** One request of the plan: its seeds in order, and where the picture of each goes. */
export interface PlannedRow {
  label: string;
  settings: PlannedSettings;
  seeds: number[];
  places: { row: number; column: number }[];
}

/** A grid that can be made. */
export interface ComparePlan {
  rows: string[];
  columns: string[];
  rowKind: AxisKind;
  columnKind: AxisKind;
  requests: PlannedRow[];
  /** Number of pictures. */
  cells: number;
}

/** Why there is no plan. `axis` says where. */
export interface PlanProblem {
  axis: 'x' | 'y' | 'seeds' | 'both';
  problem: ListProblem | 'sameAxis' | 'nothingChosen' | 'tooManySettings' | 'noAxis';
  at: string;
}

/** Requests that the runtime takes in one comparison. */
export const MOST_REQUESTS = 50;

interface AxisValue {
  label: string;
  seed?: number;
  change: Partial<PlannedSettings>;
}

/** How axis values are written in labels; `{0}` is the value. */
export interface AxisWords {
  seed: string;
  strength: string;
  guidance: string;
  steps: string;
}

/** The pictures of a comparison: which requests, with which seeds, in which cells. */
export function planComparison(
  form: PromptForm,
  models: readonly ModelOption[],
  words: AxisWords,
): ComparePlan | PlanProblem {
  const seeds = formSeeds(form);
  if ('problem' in seeds) return { axis: 'seeds', ...seeds };
  const model = models.find(({ id }) => id === form.model);
  if (!model) return { axis: 'both', problem: 'nothingChosen', at: '' };
  const kinds = axesOf(form, seeds.values.length);
  if (kinds.x === kinds.y) return { axis: 'both', problem: kinds.x === 'none' ? 'noAxis' : 'sameAxis', at: kinds.x };
  const columns = valuesOf({ ...form.compare.x, kind: kinds.x }, 'x', seeds.values, models, words);
  if ('problem' in columns) return columns;
  const rows = valuesOf({ ...form.compare.y, kind: kinds.y }, 'y', seeds.values, models, words);
  if ('problem' in rows) return rows;
  const start: PlannedSettings = { model, ...pick(form) };
  const requests = gather(rows, columns, start, seeds.values[0]!, models);
  if (requests.length > MOST_REQUESTS) return { axis: 'both', problem: 'tooManySettings', at: String(requests.length) };
  return {
    rows: rows.map(({ label }) => label),
    columns: columns.map(({ label }) => label),
    rowKind: kinds.y,
    columnKind: kinds.x,
    requests,
    cells: rows.length * columns.length,
  };
}

/** An axis that is left out shows the form's seeds when there are several and the other axis does not. */
function axesOf({ compare: { x, y } }: PromptForm, seeds: number): { x: AxisKind; y: AxisKind } {
  if (seeds > 1 && x.kind === 'none' && y.kind !== 'seed') return { x: 'seed', y: y.kind };
  if (seeds > 1 && y.kind === 'none' && x.kind !== 'seed') return { x: x.kind, y: 'seed' };
  return { x: x.kind, y: y.kind };
}

function pick({ prompt, strength, guidance, steps, sampler }: PromptForm) {
  return { prompt, strength, guidance, steps, sampler };
}

function valuesOf(
  axis: CompareAxis,
  where: 'x' | 'y',
  seeds: readonly number[],
  models: readonly ModelOption[],
  words: AxisWords,
): AxisValue[] | PlanProblem {
  switch (axis.kind) {
    case 'none':
      return [{ label: '', change: {} }];
    case 'seed': {
      const list = axis.text.trim() ? parseSeeds(axis.text) : { values: [...seeds] };
      if ('problem' in list) return { axis: where, ...list };
      return list.values.map((seed) => ({ label: words.seed.replace('{0}', String(seed)), seed, change: {} }));
    }
    case 'strength':
    case 'guidance':
    case 'steps': {
      const kind = axis.kind;
      const whole = kind === 'steps';
      const list = parseNumbers(axis.text, { ...formLimits[kind], whole, most: MOST_REQUESTS });
      if ('problem' in list) return { axis: where, ...list };
      return list.values.map((value) => ({
        label: words[kind].replace('{0}', String(value)),
        change: { [kind]: value },
      }));
    }
    case 'model': {
      const chosen = models.filter(({ id }) => axis.choices.includes(id));
      return orNothing(
        where,
        chosen.map((model) => ({ label: model.label, change: { model } })),
      );
    }
    case 'sampler': {
      const chosen = samplerNames.filter((name) => axis.choices.includes(name));
      return orNothing(
        where,
        chosen.map((sampler) => ({ label: samplerTitles[sampler], change: { sampler } })),
      );
    }
    case 'prompt': {
      const prompts = [...new Set(axis.text.split('\n').map((line) => line.trim()))].filter(Boolean);
      return orNothing(
        where,
        prompts.map((prompt) => ({ label: prompt, change: { prompt } })),
      );
    }
  }
}

function orNothing(axis: 'x' | 'y', values: AxisValue[]): AxisValue[] | PlanProblem {
  return values.length > 0 ? values : { axis, problem: 'nothingChosen', at: '' };
}

/** One request for each combination of settings; the seeds of an axis of seeds stay together in it. */
function gather(
  rows: readonly AxisValue[],
  columns: readonly AxisValue[],
  start: PlannedSettings,
  seed: number,
  models: readonly ModelOption[],
): PlannedRow[] {
  const requests = new Map<string, PlannedRow>();
  rows.forEach((y, row) =>
    columns.forEach((x, column) => {
      const key = `${y.seed === undefined ? row : '*'}/${x.seed === undefined ? column : '*'}`;
      const request = requests.get(key) ?? { ...plannedRow(y, x, start, models), seeds: [], places: [] };
      request.seeds.push(x.seed ?? y.seed ?? seed);
      request.places.push({ row, column });
      requests.set(key, request);
    }),
  );
  return [...requests.values()];
}

function plannedRow(y: AxisValue, x: AxisValue, start: PlannedSettings, models: readonly ModelOption[]) {
  const settings = { ...start, ...y.change, ...x.change };
  const labels = [y, x].filter(({ seed }) => seed === undefined).map(({ label }) => label);
  return {
    label: labels.filter(Boolean).join(' · ').slice(0, 200),
    settings: { ...settings, prompt: withoutUnknownTokens(settings.prompt, settings.model, models) },
  };
}
