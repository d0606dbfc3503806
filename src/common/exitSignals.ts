/** Signals by which a process dies of a fault. */
export type FatalSignal = 'SIGILL' | 'SIGTRAP' | 'SIGABRT' | 'SIGBUS' | 'SIGKILL' | 'SIGSEGV';

/** What a shell makes of them on Linux: 128 and the signal's number. */
export const shellStatuses: Readonly<Record<FatalSignal, number>> = {
  SIGILL: 132,
  SIGTRAP: 133,
  SIGABRT: 134,
  SIGBUS: 135,
  SIGKILL: 137,
  SIGSEGV: 139,
};

/** What Windows ends a process with in place of a signal. */
const windowsCodes: Readonly<Record<number, FatalSignal>> = {
  0x80000003: 'SIGTRAP',
  0xc0000005: 'SIGSEGV',
  0xc0000006: 'SIGBUS',
  0xc000001d: 'SIGILL',
  0xc0000409: 'SIGABRT',
};

const statusSignals = new Map(Object.entries(shellStatuses).map(([signal, status]) => [status, signal as FatalSignal]));

/** The signal that an exit code stands for: a shell's, or what Windows says instead. */
export function signalOfExitCode(code: number): FatalSignal | undefined {
  return statusSignals.get(code) ?? windowsCodes[code >>> 0];
}
