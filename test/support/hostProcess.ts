import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RuntimeSupervisor } from '../../src/worker/runtimeSupervisor';
import { bundleProgram } from './bundleProgram';

/** What a host process is asked to do; the JSON of its argument. */
export interface HostTask {
  program: string;
  /** Ends its supervisor after one request, or waits to be killed. */
  then: 'dispose' | 'wait';
}

/** Bundles a program of `test/support` or the runtime where its native packages are found. @returns the file */
export async function bundleForHost(entry: string): Promise<string> {
  const folder = resolve('artifacts', `host-test-${process.pid}`);
  const outfile = join(folder, entry.replace(/^.*\/(.*)\.ts$/, '$1.cjs'));
  await bundleProgram(resolve(entry), outfile);
  return outfile;
}

/** Removes what {@link bundleForHost} wrote. */
export function removeBundles(): void {
  rmSync(resolve('artifacts', `host-test-${process.pid}`), { recursive: true, force: true });
}

async function main(task: HostTask): Promise<void> {
  const note = (message: string) => void process.stderr.write(`${message}\n`);
  const supervisor = new RuntimeSupervisor({
    program: task.program,
    log: { error: note, warn: note, info: note, debug: note },
    settings: () => ({ idleMinutes: 5, silenceMinutes: 5 }),
  });
  const { pid } = await supervisor.start();
  process.stdout.write(`${pid}\n`);
  if (task.then === 'dispose') supervisor.dispose();
}

const argument = process.argv[2];
// Only where it was started as a program; tests import it too.
if (argument?.startsWith('{"program"')) void main(JSON.parse(argument) as HostTask);
