import type { Console } from './console';

/** The exit status of a command that was stopped by Ctrl-C, as shells expect it. */
export const INTERRUPTED = 130;

/**
 * Runs a task that Ctrl-C stops: the first press asks it to stop after the step it is at, the second ends the process at
 * once. A request to terminate (as at shutdown) counts as a press.
 */
export async function interruptible<T>(
  console: Console,
  onStopping: string,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const press = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    console.note(`\n${onStopping} Press Ctrl-C again to stop at once.`);
  };
  process.on('SIGINT', press);
  process.on('SIGTERM', press);
  try {
    return await task(controller.signal);
  } finally {
    process.off('SIGINT', press);
    process.off('SIGTERM', press);
    console.endProgress();
  }
}
