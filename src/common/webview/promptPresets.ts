import { noAxis, type CompareForm, type ModelOption } from './promptForm';

/** Comparisons that are set up with one click. */
export const presetNames = ['baseTuned', 'checkpoints', 'strengths', 'modes'] as const;

/** One of the presets. */
export type PresetName = (typeof presetNames)[number];

/** The axes of a preset for the chosen model, or nothing when there is not enough to compare. */
export function comparePreset(
  name: PresetName,
  chosenId: string,
  models: readonly ModelOption[],
): CompareForm | undefined {
  const chosen = models.find(({ id }) => id === chosenId);
  if (!chosen) return undefined;
  if (name === 'strengths')
    return chosen.delta ? { y: { kind: 'strength', text: '0, 0.5, 1', choices: [] }, x: seeds } : undefined;
  const ids = modelsOf(name, chosen, models).map(({ id }) => id);
  return ids.length > 1 ? { y: { kind: 'model', text: '', choices: ids }, x: seeds } : undefined;
}

const seeds = { ...noAxis, kind: 'seed' } as const;

function modelsOf(name: PresetName, chosen: ModelOption, models: readonly ModelOption[]): ModelOption[] {
  const run = chosen.kind === 'checkpoint' ? chosen.run : chosen.kind === 'run' ? chosen.id : undefined;
  if (name === 'baseTuned') return chosen.delta ? [...baseOf(chosen, models), chosen] : [];
  if (name === 'checkpoints') {
    if (run === undefined) return [];
    return models.filter((model) => model.id === run || (model.kind === 'checkpoint' && model.run === run));
  }
  return newestOfEachMode(chosen, models);
}

function baseOf(chosen: ModelOption, models: readonly ModelOption[]): ModelOption[] {
  const bases = models.filter(({ kind }) => kind === 'base');
  const own = bases.find(({ base }) => base === chosen.base);
  // A delta file does not always say its base; the first of the list is then the likeliest.
  return own ? [own] : chosen.base === undefined ? bases.slice(0, 1) : [];
}

/** Runs of the same tokens, the newest of each mode; runs come newest first. */
function newestOfEachMode(chosen: ModelOption, models: readonly ModelOption[]): ModelOption[] {
  const tokens = tokenKey(chosen);
  const byMode = new Map<string, ModelOption>();
  for (const model of models)
    if (model.kind === 'run' && model.mode && tokenKey(model) === tokens && !byMode.has(model.mode))
      byMode.set(model.mode, model);
  return [...byMode.values()];
}

function tokenKey({ tokens }: ModelOption): string {
  return tokens
    .map(({ token }) => token)
    .sort()
    .join(' ');
}
