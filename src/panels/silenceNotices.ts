import { commands, Disposable, l10n, window } from 'vscode';
import type { Services } from '../services';
import { SilenceReports } from '../worker/silenceReports';

/** Tells of jobs that may hang. Nothing is ended by itself: a machine that is short of memory may only be slow. */
export function registerSilenceNotices({ training, sampling }: Services): Disposable {
  const reports = new SilenceReports();
  return Disposable.from(
    training.onDidChange((run) => {
      if (reports.isNews(run)) void tell(run.title, () => training.stop(run.job, 'now'));
    }),
    sampling.onDidChange((run) => {
      if (reports.isNews(run)) void tell(run.title, () => sampling.stop(run.job, true));
    }),
  );
}

async function tell(title: string, stop: () => unknown): Promise<void> {
  const end = l10n.t('Stop Now');
  const log = l10n.t('Show Log');
  const message = l10n.t(
    '"{0}" has given no sign of life for several minutes. It may hang, or the machine may be short of memory.',
    title,
  );
  const choice = await window.showWarningMessage(message, end, log);
  if (choice === end) stop();
  if (choice === log) await commands.executeCommand('customDiffusion.showLog');
}
