import { basename, join } from 'node:path';
import { pocketBase } from '../../../src/common/config/configLimits';
import { basePath, openBase } from '../../models/baseChoice';
import { productRoot } from '../../productRoot';
import { describeMachine } from '../machine';
import { runTool } from '../runTool';
import { writeMarkedSection } from '../table/markedSection';
import { benchFigures } from '../table/measurement';
import { fullSizes, growthAxes, growthCases, pocketSizes, type GrowthAxis, type GrowthCase } from './growthCases';
import { growthPlan } from './growthPlan';
import { addGrowthResult, readGrowthResults, type GrowthResult } from './growthResults';
import { growthTable, pictureTable, type GrowthMeasure, type GrowthRow, type PictureRow } from './growthTable';
import { measurePictures, pictureCounts } from './pictureGrowth';

/** What is measured. */
export interface BenchGrowthOptions {
  /** Base models, `pocket` among them. */
  bases: readonly string[];
  /** Steps of which the plan has more operations than this are not measured. */
  mostFlops: number;
  /** The most measurements of this call; the next call goes on. */
  cases: number;
  /** Measure anew what was measured already. */
  again: boolean;
  threads: number;
  results: string;
}

/** Something that can be measured in a process of its own. */
interface Task {
  key: string;
  measure: () => Promise<Record<string, number>>;
}

interface AxisRows {
  base: string;
  axis: GrowthAxis;
  rows: (Omit<GrowthRow, 'measured'> & { key: string })[];
}

/** Measures what is missing, writes the tables and returns how many measurements are left. */
export async function benchGrowth(options: BenchGrowthOptions, say: (line: string) => void): Promise<number> {
  const axes = await planned(options.bases);
  const before = options.again ? new Map<string, GrowthResult>() : await readGrowthResults(options.results);
  const tasks = dueTasks(axes, options).filter(({ key }) => !before.has(key));
  const now = tasks.slice(0, options.cases);
  for (const { key, measure } of now) {
    const figures = await measure();
    say(`${key}: ${JSON.stringify(figures)}`);
    await addGrowthResult(options.results, {
      key,
      at: new Date().toISOString(),
      machine: describeMachine(),
      figures,
    });
  }
  await writeTables(axes, await readGrowthResults(options.results));
  return tasks.length - now.length;
}

async function planned(bases: readonly string[]): Promise<AxisRows[]> {
  const all: AxisRows[] = [];
  for (const choice of bases) {
    const base = await openBase(choice);
    const name = basename(basePath(choice));
    const sizes = choice === pocketBase ? pocketSizes : fullSizes;
    for (const axis of Object.keys(growthAxes) as GrowthAxis[]) {
      const rows = growthCases(axis, sizes).map((at) => ({ at, plan: growthPlan(base, at), key: keyOf(name, at) }));
      all.push({ base: choice, axis, rows });
    }
  }
  return all;
}

const keyOf = (base: string, { resolution, rows, mode, concepts }: GrowthCase) =>
  `${base} ${resolution} px, ${rows} rows, ${mode}, ${concepts} concepts`;
const picturesKey = (count: number) => `pocket, ${count} pictures`;

function dueTasks(axes: readonly AxisRows[], { bases, mostFlops, threads }: BenchGrowthOptions): Task[] {
  const tasks = new Map<string, Task>();
  for (const { base, rows } of axes)
    for (const { at, plan, key } of rows)
      if (plan.flops <= mostFlops) tasks.set(key, { key, measure: () => measureStep(base, at, threads) });
  if (bases.includes(pocketBase))
    for (const count of pictureCounts)
      tasks.set(picturesKey(count), {
        key: picturesKey(count),
        measure: async () => ({ ...(await measurePictures(count)) }),
      });
  return [...tasks.values()];
}

async function measureStep(base: string, at: GrowthCase, threads: number): Promise<Record<string, number>> {
  const { resolution, rows, mode, concepts } = at;
  const numbers = { resolution, rows, concepts, threads, repeat: base === pocketBase ? 5 : 2 };
  const flags = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bench = join(productRoot(), 'dist', 'bench.js');
  const command = [process.execPath, bench, 'train', '--base', basePath(base), '--mode', mode, ...flags];
  const { seconds, peakRssBytes } = benchFigures.parse(await runTool(command));
  return { seconds: seconds!, peakRssBytes };
}

async function writeTables(axes: readonly AxisRows[], results: ReadonlyMap<string, GrowthResult>): Promise<void> {
  const parts = axes.map(({ base, axis, rows }) => {
    const title = `**${base === pocketBase ? 'Pocket model' : basename(base)}, ${growthAxes[axis]}**`;
    const filled = rows.map(({ at, plan, key }) => ({ at, plan, measured: measureOf(results.get(key)) }));
    return `${title}\n\n${growthTable(axis, filled).trim()}`;
  });
  const pictures = pictureCounts.flatMap((count) => results.get(picturesKey(count)) ?? []);
  if (pictures.length)
    parts.push(
      `**Pocket model, pictures of a concept**\n\n${pictureTable(pictures.map(({ figures }) => figures as unknown as PictureRow))}`,
    );
  const shown = [...results.values()];
  const days = [...new Set(shown.map(({ at }) => at.slice(0, 10)))].sort();
  const machines = [...new Set(shown.map(({ machine }) => machine))].join('; ');
  const when = shown.length ? `Measured ${[...new Set([days[0], days.at(-1)])].join(' to ')} on ${machines}.\n\n` : '';
  const path = join(productRoot(), 'docs', 'performance.md');
  await writeMarkedSection(path, 'growth', when + parts.join('\n\n'));
}

const measureOf = (one: GrowthResult | undefined) => one && (one.figures as unknown as GrowthMeasure);
