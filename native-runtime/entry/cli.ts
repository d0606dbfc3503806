import { computes } from '../cli/supervision/computingCommands';
import { runWatched } from '../cli/supervision/runWatched';
import { PROBE_ARGUMENT } from '../device/probeArgument';

/** The heavy part, a bundle of its own beside this one. */
const load = () => import('./commandLine');

const args = process.argv.slice(2);
const [command = '', device = ''] = args;

/** Runs the command here or in a process of its own. @returns the exit status */
async function main(): Promise<number> {
  const work = async () => (await load()).runCommand(args);
  if (!computes(args)) return work();
  return runWatched(args, { work, deathLine: async (...end) => (await load()).deathLine(command, ...end) });
}

if (command === PROBE_ARGUMENT) void load().then(({ runProbe }) => runProbe(device));
else
  void main().then((status) => {
    process.exitCode = status;
  });
