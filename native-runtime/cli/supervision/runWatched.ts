import { INTERRUPTED } from '../interrupt';
import { deathOf, type Death } from './death';
import { isSupervised } from './mark';
import { runSupervised, type CommandEnd, type CommandFacts } from './supervise';

/** A command, and the words for its death. */
export interface WatchedCommand {
  /** Does the work in this process and returns the exit status. */
  work: () => Promise<number>;
  /** Says in a line what its process died of. */
  deathLine: (death: Death, facts: CommandFacts) => Promise<string>;
}

/**
 * Runs a command in a process of its own, and says what that died of when it does not end by itself; in that process it does the work.
 * This one is there all the time and loads nothing that it does not need.
 * @returns the exit status
 */
export async function runWatched(args: readonly string[], command: WatchedCommand): Promise<number> {
  if (isSupervised()) return command.work();
  const end = await runSupervised(args).catch(() => undefined);
  // A system without room for a second process may have it for the work.
  return end ? statusOf(end, command) : command.work();
}

async function statusOf({ code, signal, isIntended, facts }: CommandEnd, command: WatchedCommand): Promise<number> {
  if (isIntended) return INTERRUPTED;
  const death = deathOf(code, signal);
  if (!death) return code ?? 1;
  // Asked to end, in the same way: a shell's loop ends only if its command died of Ctrl-C.
  if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') process.kill(process.pid, signal);
  if (death.signal === 'SIGINT') return death.status;
  const line = await command.deathLine(death, facts);
  // A progress bar hides the cursor, turns off line breaks and has the line.
  const reset = process.stderr.isTTY ? '\u001b[?25h\u001b[?7h\n' : '';
  process.stderr.write(`${reset}${line}\n`);
  return death.status;
}
