import { Command } from 'commander';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { exitStatus, ProductError } from '../../src/common/errors';
import { measureTable, writeTables } from '../bench/table/benchTable';
import { peerCommand } from '../bench/table/peer';
import { tableRows, type TableRow } from '../bench/table/tableRows';
import { productRoot } from '../productRoot';

interface TableFlags {
  base?: string;
  baseFp16?: string;
  peer?: string;
  python: string;
  rows?: string[];
  rounds: number;
  pairs: number;
  resolution: number;
  repeat: number;
  steps: number;
  threads: number;
  results: string;
  again?: boolean;
}

async function main(): Promise<void> {
  const program = new Command('bench:table')
    .description(
      'Measures the tables of README.md and docs/performance.md, each run in a process of its own, and writes them. ' +
        'What lies in the results file is not measured again. Without a base the tables are only written.',
    )
    .option('--base <model>', 'base with fp32 files')
    .option('--base-fp16 <model>', 'base with fp16 files')
    .option('--peer <command>', 'script that times the reference, its folder, or a command; runs alternate with ours')
    .option('--python <program>', 'what runs the script of --peer', 'python3')
    .option('--rows <ids...>', `only these rows: ${tableRows.map(({ id }) => id).join(', ')}`)
    .option('--rounds <count>', 'pairs of runs for each row', Number, 3)
    .option('--pairs <count>', 'the most pairs to measure now; the next call goes on', Number, Infinity)
    .option('--resolution <pixels>', 'edge of the pictures', Number, 256)
    .option('--repeat <count>', 'timed repetitions in a process', Number, 3)
    .option('--steps <count>', 'steps of fine-tune', Number, 50)
    .option('--threads <count>', 'threads of both', Number, cpus().length)
    .option('--results <file>', 'all results', join(productRoot(), 'artifacts', 'bench-table.jsonl'))
    .option('--again', 'measure rows anew that were measured before; a series that is not complete goes on')
    .parse();
  const flags = program.opts<TableFlags>();
  const { base, baseFp16, resolution, repeat, steps, threads } = flags;
  const options = {
    ...flags,
    bases: { ...(base ? { fp32: base } : {}), ...(baseFp16 ? { fp16: baseFp16 } : {}) },
    rows: chosenRows(flags.rows),
    settings: { resolution, repeat, steps, threads },
    peer: flags.peer ? peerCommand(flags.peer, flags.python) : undefined,
    again: flags.again ?? false,
  };
  const left = await measureTable(options, (line) => console.error(line));
  await writeTables(flags.results);
  console.log(`pairs left: ${left}`);
}

function chosenRows(ids: readonly string[] | undefined): readonly TableRow[] {
  const unknown = ids?.find((id) => !tableRows.some((row) => row.id === id));
  if (unknown)
    throw new ProductError(
      'bad-input',
      unknown,
      'no such row',
      `Choose from ${tableRows.map(({ id }) => id).join(', ')}`,
    );
  return ids ? tableRows.filter(({ id }) => ids.includes(id)) : tableRows;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = exitStatus(error);
});
