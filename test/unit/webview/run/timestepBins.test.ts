import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../../../src/common/protocol/training';
import { timestepBins } from '../../../../webview/run/timestepBins';
import { columnsOf } from './columns';

const whole = { min: 1, max: Infinity };
/** A loss that depends on the timestep alone: high where there is little noise. */
const lossAt = (timestep: number) => 1 - Math.floor(timestep / 100) * 0.1;

function mixed(rows: number): (step: number) => Partial<StepRecord> {
  let state = 12345;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  return () => {
    const timesteps = Array.from({ length: rows }, () => Math.floor(random() * 1000));
    return { timesteps, loss: timesteps.reduce((sum, t) => sum + lossAt(t), 0) / rows };
  };
}

describe('loss by timestep', () => {
  it.each([1, 4, 8])('finds the loss of each range out of mixtures of %d rows', (rows) => {
    const bins = timestepBins(columnsOf(1, 600, mixed(rows)), whole);
    expect(bins.map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i * 100, i * 100 + 99]),
    );
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(600 * rows);
    for (const { from, loss } of bins) expect(loss, `from ${from}`).toBeCloseTo(lossAt(from), 1);
  });

  it('counts only steps of the range that have a loss', () => {
    const columns = columnsOf(1, 10, (step) => ({ timesteps: [step <= 5 ? 50 : 950], loss: step === 7 ? null : step }));
    const bins = timestepBins(columns, { min: 4, max: 8 });
    expect(bins[0]).toMatchObject({ rows: 2 });
    expect(bins[0]!.loss).toBeCloseTo(4.5, 0);
    expect(bins[9]).toMatchObject({ rows: 2 });
    expect(bins[9]!.loss).toBeCloseTo(7, 0);
    expect(bins[5]).toMatchObject({ rows: 0, loss: NaN });
  });

  it('stays near the mean while there are few steps', () => {
    const bins = timestepBins(
      columnsOf(1, 2, () => ({ timesteps: [50, 950], loss: 0.4 })),
      whole,
    );
    expect(bins[0]!.loss).toBeCloseTo(0.4, 6);
    expect(bins[9]!.loss).toBeCloseTo(0.4, 6);
  });

  it('knows nothing without steps', () => {
    expect(timestepBins(columnsOf(1, 0), whole).every(({ loss }) => Number.isNaN(loss))).toBe(true);
  });
});
