import type { StepColumns } from '../../src/common/webview/runSteps';
import { lowerBound } from './stepTable';

/** Noise is added at one of so many timesteps. */
const timestepCount = 1000;
/** How much one row in a step is held to the mean of all: about two steps' worth, so that few steps do not tell wild things. */
const pull = 0.04;

/** The loss in one range of timesteps. */
export interface TimestepBin {
  from: number;
  /** The last timestep of the range. */
  to: number;
  /** Mean loss; NaN without any row. */
  loss: number;
  /** Rows that fell into the range. */
  rows: number;
}

/**
 * The loss by timestep in the steps of a range. A step only tells the mean over its rows, which have different timesteps:
 * the mean of each bin is the least-squares solution of all these mixtures, held a little to the mean of all steps.
 */
export function timestepBins(columns: StepColumns, range: { min: number; max: number }, count = 10): TimestepBin[] {
  const { steps, loss, rowCounts, timesteps } = columns;
  const first = lowerBound(steps, range.min);
  const end = lowerBound(steps, range.max + 0.5);
  const size = timestepCount / count;
  const rows = new Array<number>(count).fill(0);
  const products = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const sums = new Array<number>(count).fill(0);
  const used: number[] = [];
  let row = 0;
  for (let i = 0; i < end; i++) {
    const rowEnd = row + rowCounts[i]!;
    if (i >= first && Number.isFinite(loss[i]!) && rowEnd > row) {
      const shares = new Array<number>(count).fill(0);
      for (let r = row; r < rowEnd; r++) shares[Math.min(count - 1, Math.floor(timesteps[r]! / size))]!++;
      used.push(loss[i]!);
      addStep(shares, rowEnd - row, loss[i]!, { rows, products, sums });
    }
    row = rowEnd;
  }
  const mean = used.reduce((sum, value) => sum + value, 0) / used.length;
  for (let b = 0; b < count; b++) {
    products[b]![b]! += pull;
    sums[b]! += pull * mean;
  }
  const losses = used.length ? solve(products, sums) : [];
  return rows.map((inBin, b) => ({
    from: b * size,
    to: (b + 1) * size - 1,
    // Noise may push the estimate of a small loss below zero, where no loss can be.
    loss: inBin ? Math.max(0, losses[b]!) : NaN,
    rows: inBin,
  }));
}

function addStep(
  shares: number[],
  rowCount: number,
  loss: number,
  into: { rows: number[]; products: number[][]; sums: number[] },
): void {
  shares.forEach((inBin, a) => {
    if (!inBin) return;
    into.rows[a]! += inBin;
    into.sums[a]! += (inBin / rowCount) * loss;
    shares.forEach((other, b) => (into.products[a]![b]! += (inBin * other) / rowCount ** 2));
  });
}

/** Solves a small positive definite system by elimination. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const n = a.length;
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= n; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = a[i]![n]!;
    for (let j = i + 1; j < n; j++) rest -= a[i]![j]! * solution[j]!;
    solution[i] = rest / a[i]![i]!;
  }
  return solution;
}
