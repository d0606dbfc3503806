import { l10n, ThemeIcon, window } from 'vscode';
import { ProductError } from '../common/errors';
import type { Services } from '../services';
import type { RunEntry } from '../views/runEntry';
import { runDescription, stateLooks } from '../views/runTexts';
import { runNames, stateWord } from '../views/runWords';
import { sharedRuns } from '../views/sharedRuns';

/**
 * The runs that a command is meant for: rows of the list (those selected with the row that was clicked first), a folder's
 * path, a job, or a URI. None when the command came without, as from the palette.
 * @throws ProductError `not-found` when a run was named that is gone: another one is not meant
 */
export async function runsOfArguments(services: Services, item: unknown, items: unknown): Promise<RunEntry[]> {
  const ids = [item, ...(Array.isArray(items) ? (items as unknown[]) : [])].flatMap((one) => idOf(one) ?? []);
  const list = sharedRuns(services);
  if (ids.some((id) => !list.find(id))) await services.runs.refresh();
  const found = [...new Set(ids)].flatMap((id) => list.find(id) ?? []);
  if (ids[0] !== undefined && found.length === 0)
    throw new ProductError('not-found', ids[0], l10n.t('the run is not there any more'));
  return found;
}

/** Asks which run is meant; the only one needs no question. */
export async function pickRun(runs: readonly RunEntry[], title?: string): Promise<RunEntry | undefined> {
  if (runs.length === 1 && title === undefined) return runs[0];
  if (runs.length === 0) {
    void window.showInformationMessage(l10n.t('There is no run that this can be done with.'));
    return undefined;
  }
  const names = runNames(runs);
  const choices = runs.map((run) => ({
    label: names.get(run.id)!,
    description: runDescription(run),
    detail: stateWord(run.state),
    iconPath: new ThemeIcon(stateLooks[run.state].icon),
    run,
  }));
  const choice = await window.showQuickPick(choices, {
    title: title ?? l10n.t('Which run?'),
    matchOnDescription: true,
  });
  return choice?.run;
}

function idOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument || undefined;
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { run, fsPath } = argument as { run?: { id?: unknown }; fsPath?: unknown };
  if (typeof run?.id === 'string') return run.id;
  return typeof fsPath === 'string' ? fsPath : undefined;
}
