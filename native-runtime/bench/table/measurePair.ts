import { join } from 'node:path';
import { productRoot } from '../../productRoot';
import { runTool } from '../runTool';
import { benchFigures, type BenchFigures, type Measurement } from './measurement';
import { rowArguments, type RowSettings, type TableRow } from './tableRows';
import { warmFiles } from './warmFiles';

/** What a pair of runs is made with. */
export interface PairOptions {
  base: string;
  settings: RowSettings;
  /** The program of the reference, and its first arguments. */
  peer?: readonly string[];
  /** The other tool goes first in every second pair. */
  referenceFirst: boolean;
}

/** Runs our benchmark and the reference's one after the other, each in a fresh process. @throws ProductError when one of them fails. */
export async function measurePair(
  row: TableRow,
  { base, settings, peer, referenceFirst }: PairOptions,
): Promise<Pick<Measurement, 'ours' | 'reference'>> {
  await warmFiles(base);
  const run = async (tool: 'ours' | 'reference', command: readonly string[]): Promise<BenchFigures> =>
    benchFigures.parse(await runTool([...command, ...rowArguments(row, tool, base, settings)]));
  const own = () => run('ours', [process.execPath, join(productRoot(), 'dist', 'bench.js')]);
  if (!peer) return { ours: await own() };
  if (!referenceFirst) return { ours: await own(), reference: await run('reference', peer) };
  const reference = await run('reference', peer);
  return { ours: await own(), reference };
}
