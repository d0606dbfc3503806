import { runCommandLine } from '../cli/main';
import { PROBE_ARGUMENT, probeAsChild, setProbeProgram } from '../device/probe';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const [first, device = ''] = process.argv.slice(2);
if (first === PROBE_ARGUMENT) void probeAsChild(device);
else {
  setProbeProgram(process.argv[1]!);
  void runCommandLine(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
}
