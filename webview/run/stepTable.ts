import type { StepColumns } from '../../src/common/webview/runSteps';

/** A column that grows: appending is cheap, and what it holds is seen without a copy. */
class Column<A extends Float64Array | Uint16Array> {
  private length = 0;

  constructor(private data: A) {}

  get values(): A {
    return this.data.subarray(0, this.length) as A;
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  append(values: A): void {
    const needed = this.length + values.length;
    if (needed > this.data.length) {
      const Grown = this.data.constructor as new (length: number) => A;
      const grown = new Grown(Math.max(needed, this.data.length * 2));
      grown.set(this.data);
      this.data = grown;
    }
    this.data.set(values, this.length);
    this.length = needed;
  }
}

const numbers = () => new Column<Float64Array>(new Float64Array(256));

/** All logged steps of a run, none left out. */
export class StepTable {
  private readonly stepColumn = numbers();
  private readonly lossColumn = numbers();
  private readonly instanceColumns: Column<Float64Array>[] = [];
  private readonly priorColumn = numbers();
  private readonly gradientColumn = numbers();
  private readonly rateColumn = numbers();
  private readonly rowCountColumn = new Column<Uint16Array>(new Uint16Array(256));
  private readonly timestepColumn = new Column<Uint16Array>(new Uint16Array(2048));
  /** Changes whenever the table does. */
  version = 0;

  /** Adds steps. Those from the first new one on are replaced: a resumed run does them again. */
  append(added: StepColumns): void {
    const [first] = added.steps;
    if (first === undefined) return;
    this.version++;
    this.truncate(first);
    const before = this.length;
    this.stepColumn.append(added.steps);
    this.lossColumn.append(added.loss);
    added.instanceLosses.forEach((values, i) => {
      this.instanceColumns[i] ??= filledWith(before);
      this.instanceColumns[i]!.append(values);
    });
    this.priorColumn.append(added.priorLoss);
    this.gradientColumn.append(added.gradientNorm);
    this.rateColumn.append(added.learningRate);
    this.rowCountColumn.append(added.rowCounts);
    this.timestepColumn.append(added.timesteps);
  }

  get length(): number {
    return this.stepColumn.values.length;
  }

  /** What the table holds, not copied: do not keep it beyond the next `append`. */
  get columns(): StepColumns {
    return {
      steps: this.stepColumn.values,
      loss: this.lossColumn.values,
      instanceLosses: this.instanceColumns.map(({ values }) => values),
      priorLoss: this.priorColumn.values,
      gradientNorm: this.gradientColumn.values,
      learningRate: this.rateColumn.values,
      rowCounts: this.rowCountColumn.values,
      timesteps: this.timestepColumn.values,
    };
  }

  private truncate(first: number): void {
    const steps = this.stepColumn.values;
    const length = lowerBound(steps, first);
    if (length === steps.length) return;
    const rows = this.rowCountColumn.values.subarray(0, length).reduce((sum, count) => sum + count, 0);
    const columns = [this.stepColumn, this.lossColumn, this.priorColumn, this.gradientColumn, this.rateColumn];
    for (const column of [...columns, ...this.instanceColumns, this.rowCountColumn]) column.truncate(length);
    this.timestepColumn.truncate(rows);
  }
}

/** Index of the first value that is not below `limit`, in ascending values. */
export function lowerBound(values: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the value nearest to `wanted` in ascending values; -1 when there are none. */
export function nearestIndex(values: ArrayLike<number>, wanted: number): number {
  if (values.length === 0) return -1;
  const above = lowerBound(values, wanted);
  if (above === 0) return 0;
  if (above === values.length) return above - 1;
  return values[above]! - wanted < wanted - values[above - 1]! ? above : above - 1;
}

function filledWith(length: number): Column<Float64Array> {
  const column = numbers();
  column.append(new Float64Array(length).fill(NaN));
  return column;
}
