import { describe, expect, it } from 'vitest';
import { packSteps } from '../../../../src/common/webview/runSteps';
import { lowerBound, nearestIndex, StepTable } from '../../../../webview/run/stepTable';
import { columnsOf, record } from './columns';

describe('the table of steps', () => {
  it('keeps every step of many increments', () => {
    const table = new StepTable();
    for (let first = 1; first <= 9991; first += 10) table.append(columnsOf(first, first + 9));
    const { steps, loss, timesteps, instanceLosses } = table.columns;
    expect(steps.length).toBe(10_000);
    expect([...steps]).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    expect(loss[4999]).toBe(1 / 5000);
    expect(instanceLosses[0]![9999]).toBe(0.5 / 10_000);
    expect(timesteps.length).toBe(20_000);
  });

  it('replaces the steps that a resumed run does again, with their timesteps', () => {
    const table = new StepTable();
    table.append(columnsOf(1, 30, () => ({ timesteps: [1, 2, 3] })));
    table.append(columnsOf(21, 22, () => ({ loss: 9, timesteps: [7] })));
    const { steps, loss, rowCounts, timesteps } = table.columns;
    expect(steps.at(-1)).toBe(22);
    expect(loss.slice(19)).toEqual(Float64Array.of(1 / 20, 9, 9));
    expect(rowCounts.slice(19)).toEqual(Uint16Array.of(3, 1, 1));
    expect(timesteps.length).toBe(62);
    expect(timesteps.at(-1)).toBe(7);
  });

  it('says NaN for what is not there, also for a concept that comes later', () => {
    const table = new StepTable();
    table.append(packSteps([record(1, { loss: null, priorLoss: null, instanceLosses: [0.1] })], 1));
    table.append(packSteps([record(2, { instanceLosses: [null, 0.2] })], 2));
    expect(table.columns.loss[0]).toBeNaN();
    expect(table.columns.priorLoss[0]).toBeNaN();
    expect([...table.columns.instanceLosses[0]!]).toEqual([0.1, NaN]);
    expect([...table.columns.instanceLosses[1]!]).toEqual([NaN, 0.2]);
  });

  it('changes its version only when something came', () => {
    const table = new StepTable();
    table.append(columnsOf(1, 0));
    expect(table.version).toBe(0);
    table.append(columnsOf(1, 1));
    expect(table.version).toBe(1);
  });
});

describe('looking steps up', () => {
  it.each([
    [0, 0],
    [3, 1],
    [5, 1],
    [6, 2],
    [10, 3],
  ])('lower bound of %d is index %d', (limit, index) => expect(lowerBound([1, 5, 9], limit)).toBe(index));

  it.each([
    [-4, 0],
    [2.9, 0],
    [3.1, 1],
    [8, 2],
    [Infinity, 2],
  ])('nearest to %d is index %d', (wanted, index) => expect(nearestIndex([1, 5, 9], wanted)).toBe(index));

  it('finds nothing in nothing', () => expect(nearestIndex([], 3)).toBe(-1));
});
