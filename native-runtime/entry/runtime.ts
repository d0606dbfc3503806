import { probeAsChild, setProbeProgram } from '../device/probe';
import { PROBE_ARGUMENT } from '../device/probeArgument';
import { runRuntimeProcess } from '../rpc/runtimeProcess';

const [argument, device = ''] = process.argv.slice(2);
if (argument === PROBE_ARGUMENT) void probeAsChild(device);
else if (process.send) {
  setProbeProgram(__filename);
  runRuntimeProcess(__filename);
} else {
  process.stderr.write('This is the process the editor starts for its work; on a command line use custom-diffusion.\n');
  process.exitCode = 2;
}
