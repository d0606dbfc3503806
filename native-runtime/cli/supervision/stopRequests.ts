import { report } from './reports';
import { stopSignals, type StopSignal } from './messages';

const noCounts = (): Record<StopSignal, number> => ({ SIGINT: 0, SIGTERM: 0, SIGHUP: 0 });
/** How often each signal reached this process, and how often it or the process that watches got it. */
const [here, known] = [noCounts(), noCounts()];
let listener: (() => void) | undefined;

/**
 * Calls back for each request to stop: Ctrl-C, a request to terminate, a terminal that is closed; until the result is called. A terminal
 * sends its signals to this process and to the one that watches, which passes its own on; each press counts once.
 */
export function onStopRequest(press: () => void): () => void {
  const listeners = stopSignals.map((signal) => [signal, () => requestStop(signal, ++here[signal])] as const);
  for (const [signal, heard] of listeners) process.on(signal, heard);
  listener = press;
  report({ kind: 'stops', on: true });
  return () => {
    report({ kind: 'stops', on: false });
    listener = undefined;
    for (const [signal, heard] of listeners) process.off(signal, heard);
  };
}

/** Takes note that a signal arrived for the `count`-th time, here or at the process that watches. */
export function requestStop(signal: StopSignal, count: number): void {
  if (count <= known[signal]) return;
  known[signal] = count;
  if (signal === 'SIGHUP') withoutReaders();
  stop(signal);
}

/** The process that watches is gone. */
export function stopAsOrphan(): void {
  withoutReaders();
  stop('SIGTERM');
}

function stop(signal: StopSignal): void {
  if (listener) listener();
  // Nobody here waits for signals: it does what it does to any program.
  else process.kill(process.pid, signal);
}

/** Whoever read the output may be gone as well; that must not end a process that is saving its work. */
function withoutReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error').on('error', () => {});
}
