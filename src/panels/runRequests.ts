import { l10n, window } from 'vscode';
import { isActive, type RunRequest } from '../common/webview/runControls';
import { removeToTrash } from '../pictures/removeToTrash';
import type { Services } from '../services';
import type { RunEntry } from '../views/runEntry';
import { sharedRuns } from '../views/sharedRuns';
import type { StopKind } from '../worker/trainingService';

const stopKinds = { pause: 'pause', stop: 'checkpoint', stopNow: 'now' } as const satisfies Partial<
  Record<RunRequest, StopKind>
>;

/**
 * Does what is asked of a run. A request that makes no sense now is passed over.
 * @returns whether it was done or is under way
 */
export async function askOfRun(services: Services, id: string, request: RunRequest): Promise<boolean> {
  const list = sharedRuns(services);
  const run = list.find(id);
  if (!run) return false;
  if (request === 'resume' && !services.requireTrust()) return false;
  if (request === 'discard' && !(await confirmDiscard([run]))) return false;
  // The question may have taken long.
  const now = list.find(id);
  if (!now || !list.ask(now, request)) return false;
  try {
    if (request === 'discard') {
      await discardRun(services, now);
      list.answered(now);
    } else if (request === 'resume') await services.training.resume(now.folder ?? now.id);
    else if (!services.training.stop(now.live?.job ?? now.id, stopKinds[request])) list.answered(now);
    return true;
  } catch (error) {
    list.answered(now);
    throw error;
  }
}

/** Asks before runs are ended and moved to the trash. */
export async function confirmDiscard(runs: readonly RunEntry[]): Promise<boolean> {
  const move = l10n.t('Move to Trash');
  const [first] = runs;
  const message =
    runs.length === 1
      ? l10n.t('Move the run "{0}" to the trash?', first!.name)
      : l10n.t('Move {0} runs to the trash?', runs.length);
  const isWorking = runs.some(({ state }) => isActive(state));
  const detail = isWorking
    ? l10n.t('It is ended at once. Its checkpoints, samples and delta go with it.')
    : l10n.t('Checkpoints, samples and the delta go with it.');
  return (await window.showWarningMessage(message, { modal: true, detail }, move)) === move;
}

/** Ends a run if it is under way, and moves its folder to the trash. */
export async function discardRun({ training, runs }: Services, { live, folder }: RunEntry): Promise<void> {
  if (live && !live.hasEnded) {
    training.stop(live.job, 'discard');
    await live.end;
  }
  const left = live?.folder ?? folder;
  // What was ended by the service is in the trash already, unless there is none or the run was only waiting.
  if (left !== undefined && live?.state !== 'discarded') await removeToTrash([left]);
  await runs.refresh();
}
