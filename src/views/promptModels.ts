import { basename } from 'node:path';
import { pocketBase } from '../common/config/configLimits';
import type { ModelChoice } from '../common/protocol/sampling';
import type { ModelOption } from '../common/webview/promptForm';
import type { RunSummary } from '../runs/runSummary';

/** A file that was chosen by hand. */
export type ChosenFile = Pick<ModelOption, 'label' | 'base' | 'delta' | 'tokens'>;

/** What the list is made of. */
export interface ModelSources {
  /** Folders, files or "pocket". */
  bases: readonly string[];
  /** Newest first. */
  runs: readonly RunSummary[];
  files: readonly ChosenFile[];
}

/** How things are called that have no name of their own. */
export interface ModelWords {
  pocket: string;
  checkpoint: (run: string, step: number) => string;
}

/** Every model that pictures can be made with: bases, runs with their checkpoints below them, files. */
export function promptModels({ bases, runs, files }: ModelSources, words: ModelWords): ModelOption[] {
  const usable = runs.filter(({ delta, checkpoints }) => delta !== undefined || checkpoints.length > 0);
  const ownBases = [...usable.map(({ base }) => base), ...files.filter(({ delta }) => !delta).map(({ base }) => base)];
  const allBases = [...new Set([pocketBase, ...bases, ...ownBases])].filter(
    (base) => base !== undefined && base !== '',
  );
  const options = [
    ...allBases.map((base) => baseOption(base!, words)),
    ...usable.flatMap((run) => runOptions(run, words)),
    ...files
      .filter(({ delta }) => delta)
      .map((file): ModelOption => ({ ...file, id: `delta:${file.delta}`, kind: 'file' })),
  ];
  return [...new Map(options.map((option) => [option.id, option])).values()];
}

function baseOption(base: string, words: ModelWords): ModelOption {
  const label = base === pocketBase ? words.pocket : basename(base);
  return { id: `base:${base}`, kind: 'base', label, base, tokens: [] };
}

function runOptions(run: RunSummary, words: ModelWords): ModelOption[] {
  const { folder, name, base, mode, checkpoints, concepts } = run;
  const tokens = concepts.map(({ modifierToken, classNoun }) => ({ token: modifierToken, classNoun }));
  const id = `delta:${folder}`;
  const common = { tokens, mode, ...(base ? { base } : {}) };
  return [
    { ...common, id, kind: 'run', label: name, delta: folder },
    ...[...checkpoints].reverse().map((checkpoint): ModelOption => ({
      ...common,
      id: `delta:${checkpoint.folder}`,
      kind: 'checkpoint',
      label: words.checkpoint(name, checkpoint.step),
      delta: checkpoint.folder,
      run: id,
    })),
  ];
}

/** A choice in the words of the runtime. */
export function modelChoiceOf(option: ModelOption, strength: number): ModelChoice {
  const { base, delta, label } = option;
  return {
    ...(base === undefined ? {} : { base }),
    ...(delta === undefined ? {} : { delta, strength }),
    label: label.slice(0, 200),
  };
}

/** The option that a picture was made with or a path belongs to: the run of a delta file, the checkpoint around it. */
export function optionOf(
  choice: Pick<ModelChoice, 'base' | 'delta'>,
  options: readonly ModelOption[],
): ModelOption | undefined {
  const { base, delta } = choice;
  if (delta === undefined) return options.find((option) => option.delta === undefined && option.base === base);
  const inside = options.filter((option) => option.delta !== undefined && isWithin(delta, option.delta));
  // A checkpoint lies within its run's folder: the nearest folder is meant.
  return inside.sort((a, b) => b.delta!.length - a.delta!.length)[0];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`);
}
