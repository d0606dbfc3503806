import { isSupervised, SUPERVISED } from './mark';
import { parseStopNote } from './messages';
import { setReporter } from './reports';
import { requestStop, stopAsOrphan } from './stopRequests';

/** Connects a command with the process that watches it, if there is one. */
export function followSupervisor(): void {
  const isWatched = isSupervised() && process.send !== undefined;
  // Not for programs that the command starts itself.
  delete process.env[SUPERVISED];
  if (!isWatched) return;
  setReporter((message) => {
    // What cannot be told is missing from the words about a death, no more.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  });
  process.on('message', (message) => {
    const note = parseStopNote(message);
    if (note) requestStop(note.signal, note.count);
  });
  process.on('disconnect', stopAsOrphan);
  // A command that is done ends, watched or not.
  process.channel?.unref();
}
