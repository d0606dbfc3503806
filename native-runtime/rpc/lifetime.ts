import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { JobSlot } from './jobSlot';
import type { Log } from './notifications';

/** How long a job may take to keep what it has once nobody waits for it: a step of a large model takes minutes. */
const LAST_WORK_MS = 15 * 60_000;

/** Ends the process when its host is gone or the system asks it to: a job ends after its step and keeps what it has. */
export function endWithHost(connection: MessageConnection, jobs: JobSlot, log: Log): void {
  let isEnding = false;
  const end = (status: number) => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), LAST_WORK_MS).unref();
    void jobs.stopAndWait().then(() => process.exit(status));
  };
  process.on('disconnect', () => {
    connection.dispose();
    end(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  // The pipes of a dead host break; that must not end a process that is saving its work.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // A promise that nobody looked at is a fault to be reported, but no reason to lose a run.
  process.on('unhandledRejection', (reason) => {
    log('error', `unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  });
}
