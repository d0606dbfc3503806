import { commands, l10n, window } from 'vscode';
import { isActive, type RunRequest } from '../common/webview/runControls';
import { folderOfRun } from './fineTuneStart';
import { removeToTrash } from '../pictures/removeToTrash';
import type { Services } from '../services';
import type { RunEntry } from '../views/runEntry';
import { sharedRuns } from '../views/sharedRuns';
import { productErrorOf } from '../worker/errors';
import type { TrainingRun } from '../worker/trainingRun';
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
  if (isRestart(request) && !services.requireTrust()) return false;
  if (request === 'discard' && !(await confirmDiscard([run]))) return false;
  // The question may have taken long.
  const now = list.find(id);
  if (!now || !list.ask(now, request)) return false;
  try {
    if (request === 'discard') {
      await discardRun(services, now);
      list.answered(now);
    } else if (isRestart(request)) {
      await restarted(services, now, request);
      // What was started anew is another run.
      if (request === 'stepDown') list.answered(now);
    } else if (!services.training.stop(now.live?.job ?? now.id, stopKinds[request])) list.answered(now);
    return true;
  } catch (error) {
    list.answered(now);
    throw error;
  }
}

type Restart = 'resume' | 'stepDown' | 'resumeOnCpu';

function isRestart(request: RunRequest): request is Restart {
  return request === 'resume' || request === 'stepDown' || request === 'resumeOnCpu';
}

async function restarted(services: Services, { folder, id }: RunEntry, request: Restart): Promise<void> {
  const { training } = services;
  const run = folder ?? id;
  if (request === 'stepDown') void showStarted(services, await training.stepDown(run));
  else await training.resume(run, request === 'resumeOnCpu' ? { device: 'cpu' } : {});
}

/** Shows a run as soon as it has a folder; one that was gone on with has it already. */
async function showStarted(services: Services, run: TrainingRun): Promise<void> {
  const folder = await folderOfRun(run, services);
  if (folder !== undefined) await commands.executeCommand('customDiffusion.openRun', folder);
  else if (run.error) services.showError(productErrorOf(run.error));
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
