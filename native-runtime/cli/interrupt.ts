import type { Console } from './console';
import { onStopRequest } from './supervision/stopRequests';

/** The exit status of a command that was stopped by Ctrl-C, as shells expect it. */
export const INTERRUPTED = 130;

/**
 * Runs a task that Ctrl-C stops: the first press asks it to stop after the step it is at, the second ends the process at
 * once. A request to terminate (as at shutdown) and the end of the terminal count as a press.
 */
export async function interruptible<T>(
  console: Console,
  onStopping: string,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const done = onStopRequest(() => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    console.note(`\n${onStopping} Press Ctrl-C again to stop at once.`);
  });
  try {
    return await task(controller.signal);
  } finally {
    done();
    console.endProgress();
  }
}
