import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dueSeries, type BenchTableOptions } from '../../../native-runtime/bench/table/benchTable';
import { longTable, mainTable } from '../../../native-runtime/bench/table/benchTables';
import { replaceSection } from '../../../native-runtime/bench/table/markedSection';
import type { Measurement } from '../../../native-runtime/bench/table/measurement';
import { peerCommand } from '../../../native-runtime/bench/table/peer';
import { addMeasurement, readMeasurements } from '../../../native-runtime/bench/table/resultsFile';
import { latestSeries, median, pairRatios } from '../../../native-runtime/bench/table/series';
import { rowArguments, tableRows } from '../../../native-runtime/bench/table/tableRows';
import { describeMachine } from '../../../native-runtime/bench/machine';
import { runTool } from '../../../native-runtime/bench/runTool';

const folder = mkdtempSync(join(tmpdir(), 'custom-diffusion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = { resolution: 256, repeat: 3, steps: 10, threads: 2 };

function pair(row: string, seconds: [number, number], changes: Partial<Measurement> = {}): Measurement {
  const [ours, reference] = seconds;
  return {
    row,
    precision: 'fp32',
    series: '2026-01-02T03:00:00Z',
    at: '2026-01-02T03:04:05Z',
    settings,
    machine: describeMachine(),
    versions: { Node: '20.0.0' },
    ours: { seconds: ours, totalSeconds: ours, startSeconds: ours * 2, peakRssBytes: 3e9 },
    reference: { seconds: reference, totalSeconds: reference, startSeconds: reference * 4, peakRssBytes: 4e9 },
    ...changes,
  };
}

const row = (id: string) => tableRows.find((candidate) => candidate.id === id)!;

describe('pairs of runs', () => {
  it('are compared pair by pair, not median by median', () => {
    // The machine was slow during the second pair: the medians alone would give 2 / 4.
    const series = [pair('unet-1', [1, 2]), pair('unet-1', [3, 4]), pair('unet-1', [2, 8])];
    const ratios = pairRatios(series, row('unet-1')).map(({ time }) => time);
    expect(ratios).toEqual([0.5, 0.75, 0.25]);
    expect(median(ratios)).toBe(0.5);
    expect(median([1, 2])).toBe(1.5);
    expect(median([])).toBeUndefined();
  });

  it('of an older series do not count', () => {
    const older = pair('unet-1', [9, 1], { series: 'before' });
    const all = [older, pair('unet-1', [1, 2]), pair('unet-2', [5, 5])];
    expect(latestSeries(all, 'unet-1', 'fp32')).toEqual([all[1]]);
    expect(latestSeries(all, 'unet-1', 'fp16')).toEqual([]);
  });

  it('call both tools with the same task, base and flags', () => {
    const own = rowArguments(row('train-recompute'), 'ours', '/base', settings);
    const other = rowArguments(row('train-recompute'), 'reference', '/base', settings);
    expect(own.slice(0, -1)).toEqual(other.slice(0, -1));
    expect([own.at(-1), other.at(-1)]).toEqual(['--recompute', '--checkpointing']);
    expect(rowArguments(row('fine-tune'), 'ours', '/base', settings)).toEqual(
      expect.arrayContaining(['fine-tune', '--steps', '10']),
    );
  });
});

describe('what is still to be measured', () => {
  const options: BenchTableOptions = {
    bases: { fp32: '/base' },
    rows: [row('unet-1'), row('unet-2')],
    settings,
    rounds: 2,
    pairs: 9,
    peer: ['python3', 'peer.py'],
    again: false,
    results: '',
  };
  const complete = [pair('unet-1', [1, 2]), pair('unet-1', [1, 2])];
  const dueOf = (changes: Partial<BenchTableOptions>, all: Measurement[]) =>
    dueSeries({ ...options, ...changes }, all, 'now').map(({ row: { id }, series, done }) => [id, series, done]);

  it('is what no series has, and the rest of what was interrupted', () => {
    expect(dueOf({}, complete)).toEqual([['unet-2', 'now', 0]]);
    const begun = [...complete, pair('unet-2', [1, 2])];
    expect(dueOf({}, begun)).toEqual([['unet-2', '2026-01-02T03:00:00Z', 1]]);
  });

  it('is everything again on request, but a begun series is ended first', () => {
    const begun = [...complete, pair('unet-2', [1, 2])];
    expect(dueOf({ again: true }, begun)).toEqual([
      ['unet-1', 'now', 0],
      ['unet-2', '2026-01-02T03:00:00Z', 1],
    ]);
  });

  it('is all when settings, machine or tools differ', () => {
    for (const changes of [{ settings: { ...settings, resolution: 512 } }, { peer: undefined }])
      expect(dueOf(changes, complete)).toContainEqual(['unet-1', 'now', 0]);
    const elsewhere = complete.map((one) => ({ ...one, machine: 'another' }));
    expect(dueOf({}, elsewhere)).toContainEqual(['unet-1', 'now', 0]);
  });

  it('does not care for settings that a row has no use of', () => {
    const all = [...complete, pair('fine-tune', [1, 2]), pair('fine-tune', [1, 2])];
    const rows = [row('unet-1'), row('fine-tune')];
    const due = (changes: Partial<typeof settings>) => dueOf({ rows, settings: { ...settings, ...changes } }, all);
    expect(due({ steps: 50 })).toEqual([['fine-tune', 'now', 0]]);
    expect(due({ repeat: 9 })).toEqual([['unet-1', 'now', 0]]);
  });
});

describe('the tables', () => {
  const all = [
    pair('unet-1', [1, 2]),
    pair('train-2', [3, 4]),
    pair('train-2', [2, 4], { precision: 'fp16' }),
    pair('fine-tune', [30, 60]),
  ];

  it('show the medians of ratios, and dashes for what was not measured', () => {
    const table = mainTable(all);
    expect(table).toMatch(/`unet`, 1 row +\| 0\.50 \| 0\.75 +\| – +\| –/);
    expect(table).toMatch(/`train`, 2 rows, `crossattn-kv` +\| 0\.75 \| 0\.75 +\| 0\.50 +\| 0\.75/);
    expect(table).toMatch(/start to the first step +\| 0\.38 \| +\| 0\.25/);
    expect(table).toContain('2 rows, `crossattn-kv`, 10 steps');
    expect(table).toContain('Measured 2026-01-02 on');
    expect(table).toContain('medians of 1 pair of runs');
  });

  it('list every repetition', () => {
    const table = longTable([pair('unet-1', [1, 2]), pair('unet-1', [1.5, 2])]);
    expect(table).toContain('1.25 (1.00 1.50)');
    expect(table).toContain('0.63 (0.50 0.75)');
    expect(table).toContain('3.00 / 4.00 (0.75)');
    expect(table).not.toContain('vae');
  });

  it('replace what lies between the marks of a document, and nothing else', () => {
    const document = 'a\n<!-- bench:table -->\nold\n<!-- /bench:table -->\nb\n';
    const replaced = replaceSection(document, 'table', 'new\n', 'x.md');
    expect(replaced).toBe('a\n<!-- bench:table -->\n\nnew\n\n<!-- /bench:table -->\nb\n');
    expect(replaceSection(replaced, 'table', 'new', 'x.md')).toBe(replaced);
    expect(() => replaceSection('no marks', 'table', 'new', 'x.md')).toThrow('x.md: no section <!-- bench:table -->');
  });
});

describe('the results file', () => {
  it('keeps pairs, and names a line that is none', async () => {
    const path = join(folder, 'deeper', 'results.jsonl');
    expect(await readMeasurements(path)).toEqual([]);
    await addMeasurement(path, pair('unet-1', [1, 2]));
    await addMeasurement(path, pair('unet-2', [1, 2], { reference: undefined }));
    expect((await readMeasurements(path)).map((one) => one.row)).toEqual(['unet-1', 'unet-2']);
    writeFileSync(path, '{"row":"unet-1"}\n');
    await expect(readMeasurements(path)).rejects.toThrow('results.jsonl:1: not a measurement');
  });
});

describe('programs that are measured', () => {
  it('are a script, the folder of one, or a command', () => {
    const script = join(folder, 'bench_peer.py');
    writeFileSync(script, '');
    expect(peerCommand(script, 'py')).toEqual(['py', script]);
    expect(peerCommand(folder, 'py')).toEqual(['py', script]);
    expect(peerCommand('nice py x.py', 'py')).toEqual(['nice', 'py', 'x.py']);
    expect(() => peerCommand('nowhere.py', 'py')).toThrow('no such file or folder: nowhere.py');
  });

  it('tell the JSON of their last line, or why there is none', async () => {
    const node = (code: string) => runTool([process.execPath, '-e', code]);
    expect(await node('console.log("note"); console.log(JSON.stringify({ a: 1 }))')).toEqual({ a: 1 });
    await expect(node('console.error("it broke"); process.exit(3)')).rejects.toThrow(/ended with 3\nit broke/);
    await expect(node('console.log("nothing")')).rejects.toThrow('printed no JSON');
  });
});
