import { demoProgram } from '../cli/demoProgram';
import { describeFailure } from '../cli/errorLine';
import { runCommandLine } from '../cli/main';
import type { Death } from '../cli/supervision/death';
import { describeDeath } from '../cli/supervision/deathWords';
import type { CommandFacts } from '../cli/supervision/supervise';
import { followSupervisor } from '../cli/supervision/supervised';
import { probeAsChild, setProbeProgram } from '../device/probe';

/** Runs a command line in this process. @returns the exit status */
export function runCommand(args: readonly string[]): Promise<number> {
  prepare();
  return runCommandLine(args);
}

/** Runs the demonstration in this process. @returns the exit status */
export function runDemonstration(args: readonly string[]): Promise<number> {
  prepare();
  return demoProgram(args);
}

/** The whole life of a process that tries one device. */
export function runProbe(device: string): Promise<void> {
  return probeAsChild(device);
}

/** The line of a command whose process died. */
export async function deathLine(command: string, death: Death, facts: CommandFacts): Promise<string> {
  return describeFailure(await describeDeath(command, death, facts)).line;
}

function prepare(): void {
  followSupervisor();
  // A reader that has seen enough (`| head`) is no error; nor is a terminal that is gone.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0);
    throw error;
  });
  // The end of the terminal is told by a signal as well, which stops a command after its step.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EIO') throw error;
  });
  setProbeProgram(process.argv[1]!);
}
