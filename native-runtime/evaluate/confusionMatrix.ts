import { markdownTable } from './markdownTable';
import { wilsonInterval, type Proportion } from './wilson';

/** Counts of what was read for what was there. */
export class ConfusionMatrix {
  private readonly counts: number[][];

  /** The classes that can be there (rows), and those that can be read (columns). */
  constructor(
    readonly truths: readonly string[],
    readonly readings: readonly string[] = truths,
  ) {
    this.counts = truths.map(() => readings.map(() => 0));
  }

  /** Counts one case. @throws RangeError for a class that was not declared. */
  add(truth: string, reading: string): void {
    const row = this.counts[indexOf(this.truths, truth)]!;
    row[indexOf(this.readings, reading)]!++;
  }

  /** How often `reading` was read where `truth` was. */
  count(truth: string, reading: string): number {
    return this.counts[indexOf(this.truths, truth)]![indexOf(this.readings, reading)]!;
  }

  /** How many of the cases of one class were read as that class. */
  recall(truth: string): Proportion {
    const row = this.counts[indexOf(this.truths, truth)]!;
    const own = this.readings.indexOf(truth);
    return wilsonInterval(row[own] ?? 0, sum(row));
  }

  /** How many of all cases were read as what they are. */
  accuracy(): Proportion {
    const right = this.truths.map((truth) => this.recall(truth).count);
    return wilsonInterval(sum(right), sum(this.counts.flat()));
  }

  /** A table with a row for each class that was there; one that cannot be read, a control, is neither right nor wrong. */
  toMarkdown(): string {
    const rows = this.truths.map((truth, i) => [
      truth,
      ...this.counts[i]!,
      this.readings.includes(truth) ? `${(100 * this.recall(truth).rate).toFixed(1)} %` : '–',
    ]);
    return markdownTable(['there \\ read', ...this.readings, 'right'], rows);
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function indexOf(classes: readonly string[], name: string): number {
  const index = classes.indexOf(name);
  if (index < 0) throw new RangeError(`'${name}' is none of ${classes.join(', ')}`);
  return index;
}
