import { constants } from 'node:os';
import { shellStatuses, signalOfExitCode } from '../../../src/common/exitSignals';

/** An end that a program does not choose. */
export interface Death {
  /** As the system calls it. */
  name: string;
  /** The signal it came by, or what stands for it on Windows. */
  signal?: NodeJS.Signals;
  /** What a shell makes of it. */
  status: number;
}

/** Windows reports faults of a program as exit codes from here on; this one is Ctrl-C. */
const [firstFault, controlC] = [0x80000000, 0xc000013a];

/** What a process died of; undefined when it ended by itself, with a status. */
export function deathOf(code: number | null, by: NodeJS.Signals | null): Death | undefined {
  if (by) return { name: by, signal: by, status: 128 + constants.signals[by] };
  const fault = (code ?? 0) >>> 0;
  if (fault < firstFault) return undefined;
  const name = `0x${fault.toString(16).toUpperCase()}`;
  if (fault === controlC) return { name, signal: 'SIGINT', status: 130 };
  const signal = signalOfExitCode(fault);
  return signal ? { name, signal, status: shellStatuses[signal] } : { name, status: 1 };
}
