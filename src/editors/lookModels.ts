import { basename } from 'node:path';
import { pocketBase } from '../common/config/configLimits';
import type { ModelChoice } from '../common/protocol/sampling';
import type { LookModel } from '../common/webview/attention';

/** A choice of the form with what it means to the runtime. */
export interface LookModelChoice extends LookModel {
  choice: ModelChoice;
}

/** A run as far as it matters here. */
interface TunedRun {
  folder: string;
  name: string;
  delta?: string;
}

/** Every model a picture can be looked at with: the bases, then the fine-tunes, newest first. */
export function lookModels(
  bases: readonly string[],
  runs: readonly TunedRun[],
  pocketLabel: string,
): LookModelChoice[] {
  const all = [...new Set([pocketBase, ...bases])];
  return [
    ...all.map((base) => ({
      id: `base:${base}`,
      label: base === pocketBase ? pocketLabel : basename(base),
      choice: { base },
    })),
    ...runs
      .filter(({ delta }) => delta !== undefined)
      .map(({ folder, name }) => ({ id: `run:${folder}`, label: name, choice: { delta: folder } })),
  ];
}

/** The model that made the picture, if it is among the choices; else the default base, else the first. */
export function startModel(
  models: readonly LookModelChoice[],
  made: ModelChoice | undefined,
  defaultBase: string,
): string {
  const delta = made?.delta;
  const byDelta = models.find(({ choice }) => delta !== undefined && isInside(delta, choice.delta));
  const byBase = models.find(({ choice }) => choice.base !== undefined && choice.base === made?.base);
  const byDefault = models.find(({ choice }) => choice.base === defaultBase);
  return (byDelta ?? byBase ?? byDefault ?? models[0])?.id ?? '';
}

/** A picture may name a run's folder, its delta or one of its checkpoints. */
function isInside(path: string, folder: string | undefined): boolean {
  return folder !== undefined && (path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`));
}
