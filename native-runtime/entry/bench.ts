import { Command, Option } from 'commander';
import { cpus } from 'node:os';
import { exitStatus } from '../../src/common/errors';
import { deviceNames, precisionChoices } from '../../src/common/protocol/device';
import { probeAsChild, setProbeProgram } from '../device/probe';
import { PROBE_ARGUMENT } from '../device/probeArgument';
import { benchNames, runBench, type BenchFlags } from '../bench/runBench';

async function main(): Promise<void> {
  const program = new Command('bench')
    .description('Times one task in a process of its own and prints one JSON object.')
    .argument('<task>', benchNames.join(', '))
    .requiredOption('--base <folder>', 'a model folder or single file')
    .option('--resolution <pixels>', 'edge of the pictures', Number, 256)
    .option('--rows <count>', 'rows of a batch', Number, 2)
    .option('--mode <mode>', 'what a training step trains', 'crossattn-kv')
    .option('--concepts <count>', 'subjects that a training step teaches', Number, 1)
    .option('--recompute', 'compute blocks again in the backward pass')
    .option('--repeat <count>', 'timed repetitions after one warm-up', Number, 3)
    .option('--steps <count>', 'steps of fine-tune, or of one run of train-loop', Number, 10)
    .addOption(new Option('--device <device>', 'what the graphs run on').choices(deviceNames).default('cpu'))
    .addOption(new Option('--precision <precision>', 'of products').choices(precisionChoices).default('auto'))
    .option('--threads <count>', 'threads of one operator', Number, cpus().length)
    .parse();
  console.log(JSON.stringify(await runBench(program.args[0]!, program.opts<BenchFlags>())));
}

const [first, device = ''] = process.argv.slice(2);
if (first === PROBE_ARGUMENT) void probeAsChild(device);
else {
  setProbeProgram(process.argv[1]!);
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = exitStatus(error);
  });
}
