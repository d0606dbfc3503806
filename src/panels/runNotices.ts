import { commands, Disposable, l10n, window } from 'vscode';
import type { RunRequest } from '../common/webview/runControls';
import { readConfiguration } from '../configuration';
import type { Services } from '../services';
import { askOfRun } from './runRequests';
import type { TrainingRun } from '../worker/trainingRun';

/** Tells how runs end: finished ones that nobody watches if the settings want it, failed and interrupted ones always. */
export function registerRunNotices(services: Services, isWatched: (folder: string) => boolean): Disposable {
  const told = new WeakSet<TrainingRun>();
  return Disposable.from(
    services.training.onDidChange((run) => {
      const { folder, state } = run;
      // Whoever started a run that never got a folder hears of it there.
      if (!run.hasEnded || folder === undefined || told.has(run)) return;
      told.add(run);
      if (state === 'finished' && readConfiguration('notifications.onFinish') && !isWatched(folder))
        void tellFinished(run, folder);
      if (state === 'failed' || state === 'interrupted') void tellFailed(services, run, folder);
    }),
  );
}

async function tellFinished({ title, step }: TrainingRun, folder: string): Promise<void> {
  const open = l10n.t('Open Run');
  const generate = l10n.t('Generate');
  const choice = await window.showInformationMessage(
    l10n.t('{0} is finished: {1} steps.', title, step),
    open,
    generate,
  );
  if (choice === open) await commands.executeCommand('customDiffusion.openRun', folder);
  if (choice === generate) await commands.executeCommand('customDiffusion.generateWith', folder);
}

async function tellFailed(services: Services, run: TrainingRun, folder: string): Promise<void> {
  const resume = l10n.t('Resume');
  const open = l10n.t('Open Run');
  const log = l10n.t('Show Log');
  const why = [run.error?.problem, run.error?.remedy].filter(Boolean).join('. ');
  const code = run.error?.code;
  const way: { text: string; request: RunRequest }[] =
    code === 'out-of-memory'
      ? [{ text: l10n.t('Train with Less Memory'), request: 'stepDown' }]
      : code === 'device-lost' && run.lastCheckpoint !== undefined
        ? [{ text: l10n.t('Resume on the Processor'), request: 'resumeOnCpu' }]
        : [];
  const actions = [...way.map(({ text }) => text), ...(run.lastCheckpoint === undefined ? [] : [resume]), open, log];
  const choice = await window.showErrorMessage(`${run.title}: ${why}`, ...actions);
  for (const { text, request } of way)
    if (choice === text) await askOfRun(services, folder, request).catch((error: unknown) => services.showError(error));
  if (choice === resume) await commands.executeCommand('customDiffusion.resumeRun', folder);
  if (choice === open) await commands.executeCommand('customDiffusion.openRun', folder);
  if (choice === log) await commands.executeCommand('customDiffusion.showLog');
}
