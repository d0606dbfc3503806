import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { growthCases, pocketSizes, type GrowthAxis } from '../../../native-runtime/bench/growth/growthCases';
import { growthPlan } from '../../../native-runtime/bench/growth/growthPlan';
import { addGrowthResult, readGrowthResults } from '../../../native-runtime/bench/growth/growthResults';
import { growthTable, pictureTable } from '../../../native-runtime/bench/growth/growthTable';
import { openBase } from '../../../native-runtime/models/baseChoice';

const folder = mkdtempSync(join(tmpdir(), 'custom-diffusion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [small, large] = growthCases('rows', pocketSizes) as [never, never];
const plan = {
  flops: 4e12,
  modelFlops: 1e12,
  calls: 200,
  modelCalls: 100,
  peakBytes: 5e8,
  modelBytes: 1e9,
};

describe('how a step grows', () => {
  it('varies one thing at a time, from the smallest', () => {
    const cases = growthCases('resolution', pocketSizes);
    expect(cases.map(({ resolution }) => resolution)).toEqual([...pocketSizes.resolutions]);
    expect(new Set(cases.map(({ rows, mode, concepts }) => `${rows} ${mode} ${concepts}`)).size).toBe(1);
    expect(growthCases('concepts', pocketSizes).map(({ concepts }) => concepts)).toEqual([1, 2, 3, 4]);
  });

  // The largest cases are left to the tables: two of each axis show how it grows.
  it.each(['resolution', 'rows', 'concepts'] satisfies GrowthAxis[])(
    'with the %s of the pocket model no faster than the model',
    async (axis) => {
      const base = await openBase('pocket');
      const cases = growthCases(axis, pocketSizes);
      const [first, second] = [growthPlan(base, cases[0]!), growthPlan(base, cases[2]!)];
      expect(second.flops / second.modelFlops).toBeLessThan(1.05 * (first.flops / first.modelFlops));
      expect(second.calls).toBeLessThan(1.05 * first.calls);
      // Results grow with the square of the cells while attention keeps its scores (docs/performance.md).
      if (axis === 'resolution') return;
      expect(second.peakBytes / second.modelBytes).toBeLessThan(1.05 * (first.peakBytes / first.modelBytes));
      // Nothing is left out, and not much is done twice.
      expect(first.flops / first.modelFlops).toBeGreaterThan(1);
      expect(first.flops / first.modelFlops).toBeLessThan(1.1);
    },
  );

  it('is marked in the table when it is faster than the model', () => {
    const faster = { ...plan, flops: 9e12, modelFlops: 2e12 };
    const table = growthTable('rows', [
      { at: small, plan, measured: { seconds: 3, peakRssBytes: 2e9 } },
      { at: large, plan: faster },
    ]);
    expect(table).toMatch(/1 +\| 4\.00 +\| 4\.00 +\| 2\.00 +\| 500 .*\| 3\.00 +\| 0\.750 +\| 2000/);
    expect(table).toMatch(/2 +\| 9\.00 +\| \*\*4\.50\*\* +\| 2\.00/);
    expect(
      growthTable('mode', [
        { at: small, plan },
        { at: large, plan: faster },
      ]),
    ).not.toContain('**');
  });

  it('with pictures is told for each further one', () => {
    const row = { pictures: 1, steps: 40, besideSteps: 2, secondsPerStep: 0.1, peakRssBytes: 3e8 };
    const table = pictureTable([row, { ...row, pictures: 101, besideSteps: 3 }]);
    expect(table).toMatch(/101 +\| +40 \| +100 +\| 3\.0 +\| 10 /);
  });
});

describe('measured growth', () => {
  it('keeps the newest of each key, and names a line that is none', async () => {
    const path = join(folder, 'growth.jsonl');
    const one = { key: 'a', at: '2026-01-02', machine: 'm', figures: { seconds: 1 } };
    await addGrowthResult(path, one);
    await addGrowthResult(path, { ...one, figures: { seconds: 2 } });
    expect((await readGrowthResults(path)).get('a')?.figures.seconds).toBe(2);
    writeFileSync(path, 'x\n');
    await expect(readGrowthResults(path)).rejects.toThrow('growth.jsonl:1: not a measurement');
  });
});
