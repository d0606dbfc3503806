import { runWatched } from '../cli/supervision/runWatched';

/** The heavy part, a bundle of its own beside this one. */
const load = () => import('./commandLine');

const args = process.argv.slice(2);
void runWatched(args, {
  work: async () => (await load()).runDemonstration(args),
  deathLine: async (...end) => (await load()).deathLine('demo', ...end),
}).then((status) => {
  process.exitCode = status;
});
