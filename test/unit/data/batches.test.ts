import { describe, expect, it } from 'vitest';
import { planBatch, type BatchRow, type ConceptCounts } from '../../../native-runtime/data/batches';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import type { TrainConfig } from '../../../src/common/config/trainConfig';

const concept = (classNoun: string, weight = 1) => ({ folder: classNoun, classNoun, weight });
const configOf = (weights: number[], fields: Partial<TrainConfig> = {}) =>
  resolveTrainConfig({ base: 'm', concepts: weights.map((w, i) => concept(`c${i}`, w)), ...fields });
const counts: ConceptCounts[] = [
  { pictures: 5, priors: 20 },
  { pictures: 3, priors: 20 },
  { pictures: 4, priors: 20 },
];
const plans = (config: ReturnType<typeof configOf>, steps: number, of = counts): BatchRow[][] =>
  Array.from({ length: steps }, (_, step) => planBatch(1, step, config, of.slice(0, config.concepts.length)));
const instances = (rows: BatchRow[]) => rows.filter((r) => r.kind === 'instance');
const share = (all: BatchRow[][], c: number) => {
  const rows = all.flatMap(instances);
  return rows.filter((row) => row.concept === c).length / rows.length;
};

describe('batches', () => {
  it('hold instance rows, then prior rows of the same concepts', () => {
    for (const rows of plans(configOf([1, 1], { instanceRows: 4 }), 50)) {
      expect(rows.map(({ kind }) => kind)).toEqual([...Array(4).fill('instance'), ...Array(4).fill('prior')]);
      expect(rows.slice(4).map((r) => r.concept)).toEqual(rows.slice(0, 4).map((r) => r.concept));
      for (const row of rows) {
        expect(row.picture).toBeLessThan(counts[row.concept]![row.kind === 'prior' ? 'priors' : 'pictures']);
        expect(row.timestep).toBeLessThan(1000);
      }
    }
  });

  it('show two concepts in every batch of two rows, and by turns in batches of one', () => {
    for (const rows of plans(configOf([1, 1], { instanceRows: 2 }), 100))
      expect(
        instances(rows)
          .map((r) => r.concept)
          .sort(),
      ).toEqual([0, 1]);
    const single = plans(configOf([1, 1], { instanceRows: 1 }), 100).map((rows) => rows[0]!.concept);
    for (let i = 0; i < 100; i += 2) expect(single.slice(i, i + 2).sort()).toEqual([0, 1]);
  });

  it.each([
    [[3, 1], 2],
    [[1, 2, 5], 2],
    [[1, 1, 1], 2],
    [[1, 1, 1], 1],
    [[0.001, 1], 4],
  ])('share rows by weight %j with %i rows', (weights, instanceRows) => {
    const all = plans(configOf(weights, { instanceRows }), 3000);
    const total = weights.reduce((a, b) => a + b, 0);
    weights.forEach((w, c) => expect(Math.abs(share(all, c) - w / total)).toBeLessThan(0.01));
  });

  it('show all pictures, views and timesteps evenly, and no picture twice in a batch', () => {
    const all = plans(configOf([1], { instanceRows: 4, latentPool: 6 }), 2000);
    const rows = all.flatMap(instances);
    for (let p = 0; p < 5; p++)
      expect(Math.abs(rows.filter((r) => r.picture === p).length / rows.length - 0.2)).toBeLessThan(0.02);
    expect([...new Set(rows.map((r) => r.draw))].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const timesteps = all.flat().map((r) => r.timestep);
    expect(Math.abs(timesteps.reduce((a, b) => a + b) / timesteps.length - 499.5)).toBeLessThan(10);
    expect([Math.min(...timesteps), Math.max(...timesteps)]).toEqual([0, 999]);
    for (const batch of all) expect(new Set(instances(batch).map((r) => r.picture)).size).toBe(4);
  });

  it('leave out timesteps below the lowest one that is trained', () => {
    const timesteps = plans(configOf([1], { minTimestep: 990 }), 100).flatMap((rows) => rows.map((r) => r.timestep));
    expect([...new Set(timesteps)].sort()).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
  });

  it('repeat pictures when there are fewer than rows (C22)', () => {
    const rows = planBatch(1, 0, configOf([1], { instanceRows: 3, priorRows: 0 }), [{ pictures: 1, priors: 0 }]);
    expect(rows.map((r) => r.picture)).toEqual([0, 0, 0]);
  });

  it('are the same after a resume, and differ by seed, step and accumulated batch', () => {
    const config = configOf([1, 1], { gradientAccumulation: 2 });
    const plan = (seed: number, step: number, batch: number) =>
      planBatch(seed, step, config, counts.slice(0, 2), batch);
    expect(plan(1, 5, 1)).toEqual(plan(1, 5, 1));
    for (const other of [plan(2, 5, 1), plan(1, 6, 1), plan(1, 5, 0)]) expect(other).not.toEqual(plan(1, 5, 1));
  });

  it('flip prior pictures half of the time, unless switched off', () => {
    const flips = (flip: boolean) =>
      plans(configOf([1], { augmentation: { flip } }), 500)
        .flat()
        .filter((r) => r.kind === 'prior' && r.flip).length / 1000;
    expect(Math.abs(flips(true) - 0.5)).toBeLessThan(0.05);
    expect(flips(false)).toBe(0);
  });

  it('fill prior rows from the concepts that have prior pictures', () => {
    const some = [counts[0]!, { pictures: 3, priors: 0 }];
    for (const rows of plans(configOf([1, 1], { instanceRows: 1 }), 20, some)) expect(rows[1]!.concept).toBe(0);
  });

  it('C22 are refused without instance or prior pictures', () => {
    expect(() => planBatch(1, 0, configOf([1]), [{ pictures: 0, priors: 5 }])).toThrow(/no pictures/);
    expect(() => planBatch(1, 0, configOf([1]), [{ pictures: 5, priors: 0 }])).toThrow(/prior kind "generated"/);
  });
});
