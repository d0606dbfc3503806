import { Command } from 'commander';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pocketBase } from '../../src/common/config/configLimits';
import { exitStatus } from '../../src/common/errors';
import { benchGrowth } from '../bench/growth/benchGrowth';
import { productRoot } from '../productRoot';

interface GrowthFlags {
  base?: string[];
  mostTflop: number;
  cases: number;
  threads: number;
  results: string;
  again?: boolean;
}

async function main(): Promise<void> {
  const program = new Command('bench:growth')
    .description(
      'Tells from graphs, and measures, how a training step grows with resolution, rows, modes and concepts, and a run with its ' +
        'pictures; writes the tables of docs/performance.md. What lies in the results file is not measured again.',
    )
    .option('--base <models...>', 'full-size bases beside the pocket model')
    .option('--most-tflop <count>', 'steps of more operations are told from their graphs only', Number, 6)
    .option('--cases <count>', 'the most measurements of this call; the next call goes on', Number, Infinity)
    .option('--threads <count>', 'threads of one operator', Number, cpus().length)
    .option('--results <file>', 'all results', join(productRoot(), 'artifacts', 'bench-growth.jsonl'))
    .option('--again', 'measure anew what was measured before')
    .parse();
  const { base = [], mostTflop, again = false, ...rest } = program.opts<GrowthFlags>();
  const options = { ...rest, again, bases: [pocketBase, ...base], mostFlops: mostTflop * 1e12 };
  const left = await benchGrowth(options, (line) => console.error(line));
  console.log(`measurements left: ${left}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = exitStatus(error);
});
