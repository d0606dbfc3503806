import { commands, l10n, window, workspace, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { ProductError } from './common/errors';
import type { ProductFolders } from './productFolders';
import type { Provided } from './provided';
import type { RunStore } from './runs/runStore';
import type { JobQueue } from './worker/jobQueue';
import type { RuntimeSupervisor } from './worker/runtimeSupervisor';
import type { SamplingService } from './worker/samplingService';
import type { TrainingService } from './worker/trainingService';

/** What commands, views, panels and editors work with. Nothing here starts the runtime process until it is asked something. */
export interface Services {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  /** What answers for the names of the manifest; features add to it. */
  readonly provided: Provided;
  /** The runtime process: requests of `src/common/protocol`. */
  readonly runtime: RuntimeSupervisor;
  /** Trainings and samplings, one at a time. */
  readonly jobs: JobQueue;
  readonly training: TrainingService;
  readonly sampling: SamplingService;
  /** The runs on disk. */
  readonly runs: RunStore;
  readonly folders: ProductFolders;
  /** Says what went wrong, with a way to the log; cancelling is not an error. */
  showError(error: unknown): void;
  /** False, after saying so, when the workspace is not trusted: nothing may be started then. */
  requireTrust(): boolean;
}

/** See {@link Services.showError}. */
export function showError(error: unknown, log: LogOutputChannel): void {
  if (error instanceof ProductError && error.code === 'cancelled') return;
  const message = error instanceof Error ? error.message : String(error);
  log.error(error instanceof Error ? error : message);
  const show = l10n.t('Show Log');
  void window.showErrorMessage(message, show).then((choice) => choice === show && log.show());
}

/** See {@link Services.requireTrust}. */
export function requireTrust(): boolean {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Trust');
  void window
    .showWarningMessage(l10n.t('This workspace is not trusted, so nothing can be trained or drawn in it.'), manage)
    .then((choice) => choice === manage && commands.executeCommand('workbench.trust.manage'));
  return false;
}
