import { commands, window, l10n } from 'vscode';
import { ProductError, type ErrorCode } from '../common/errors';
import type { FineTuneDraft } from '../common/webview/fineTuneDraft';
import type { Services } from '../services';
import type { TrainingRun } from '../worker/trainingRun';

/**
 * Starts a run and shows its panel as soon as it has a folder.
 * @throws ProductError when it ended before it had one
 */
export async function startAndShow(services: Services, draft: FineTuneDraft, resolved: FineTuneDraft, folder: string) {
  const { name, steps } = resolved;
  const run = services.training.start({
    config: draft,
    folder,
    title: typeof name === 'string' ? name : l10n.t('Fine-tune'),
    ...(typeof steps === 'number' ? { totalSteps: steps } : {}),
  });
  if ((services.jobs.position(run.job) ?? 0) > 0)
    void window.showInformationMessage(l10n.t('{0} starts when the work before it is done.', run.title));
  const runFolder = await folderOfRun(run, services);
  if (runFolder !== undefined) await commands.executeCommand('customDiffusion.openRun', runFolder);
  else if (run.error) {
    const { code, where, problem, remedy } = run.error;
    throw new ProductError(code as ErrorCode, where, problem, remedy);
  }
}

/** The folder of a run, as soon as it has one; undefined when it ended without. */
export async function folderOfRun(run: TrainingRun, { training }: Services): Promise<string | undefined> {
  const begun = new Promise<void>((resolve) => {
    const subscription = training.onDidChange((changed) => {
      if (changed !== run || (run.folder === undefined && !run.hasEnded)) return;
      subscription.dispose();
      resolve();
    });
  });
  if (run.folder === undefined && !run.hasEnded) await begun;
  return run.folder;
}
