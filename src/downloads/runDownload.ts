import { basename } from 'node:path';
import { l10n, ProgressLocation, window } from 'vscode';
import type { Services } from '../services';
import { isCancelled } from '../worker/errors';
import type { HubSession } from './hubSession';
import { patient } from './pace';
import { totalBytes, type DownloadPlan } from './plan';
import { progressWords } from './progressWords';
import { sharedDownloads } from './sharedDownloads';
import { Speed } from './speed';

/** Milliseconds between two reports of a download. */
const REPORT_EVERY = 500;

/**
 * Runs a download with a notification that shows how far it is and can cancel it.
 * @returns the path of the base model; undefined when it was cancelled, or wants a token that the user did not give
 */
export async function runDownload(
  services: Services,
  session: HubSession,
  plan: DownloadPlan,
  folder: string,
): Promise<string | undefined> {
  const { log } = services;
  log.info(`Downloading ${plan.repository} at ${plan.commit} into ${folder}`);
  try {
    const base = await session.ask(plan.repository, patient, (access) =>
      window.withProgress(
        { location: ProgressLocation.Notification, title: title(folder), cancellable: true },
        (progress, token) => {
          const downloads = sharedDownloads(services);
          const cancelling = token.onCancellationRequested(() => downloads.cancel(folder));
          const report = progressReporter(totalBytes(plan.files), (message, increment) =>
            progress.report({ message, increment }),
          );
          return downloads.run(plan, folder, access, report).finally(() => cancelling.dispose());
        },
      ),
    );
    if (base !== undefined) log.info(`Downloaded ${base}`);
    return base;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    log.info(`The download of ${plan.repository} was stopped; what has arrived is kept`);
    return undefined;
  }
}

function title(folder: string): string {
  return l10n.t('Downloading {0}', basename(folder));
}

/** Turns counts of bytes into a few reports a second. */
export function progressReporter(
  total: number,
  report: (message: string, increment: number) => void,
): (received: number) => void {
  const speed = new Speed();
  let told = -Infinity;
  let percent = 0;
  return (received) => {
    speed.note(received);
    if (performance.now() - told < REPORT_EVERY) return;
    told = performance.now();
    const now = total > 0 ? (received / total) * 100 : 100;
    report(progressWords(received, total, speed), Math.max(0, now - percent));
    percent = Math.max(percent, now);
  };
}
