import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** Several measurements of the same thing. */
export interface Spread {
  /** The one that other programs disturbed least. */
  best: number;
  median: number;
  worst: number;
  samples: number[];
}

/** Smallest, median, largest and all of some measurements, rounded to what they are worth. */
export function spread(values: readonly number[], digits = 1): Spread {
  if (values.length === 0) throw new Error('nothing was measured');
  const rounded = values.map((value) => Number(value.toFixed(digits)));
  return { best: Math.min(...rounded), median: quantile(rounded, 0.5), worst: Math.max(...rounded), samples: rounded };
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Gathers what was measured, and keeps it in `artifacts/bench-ui.json`. Figures stand beside their goals; none is a test. */
export class Figures {
  private readonly found: Record<string, unknown> = {};
  private readonly startedAt = loadavg()[0];

  /** Notes a figure and tells it at once. */
  note(name: string, figure: object): void {
    this.found[name] = figure;
    console.error(`${name}: ${JSON.stringify(figure, withoutSamples)}`);
    this.write();
  }

  /** Everything found so far; a bench that breaks off leaves what it has. */
  private write(): void {
    const [model] = cpus();
    const load = { before: this.startedAt, after: loadavg()[0] };
    const machine = { processor: model?.model, processors: cpus().length, load };
    mkdirSync('artifacts', { recursive: true });
    const text = JSON.stringify({ machine, ...this.found }, null, 2);
    // Numbers of a list on one line.
    const compact = text.replace(/\[[\d\s.,-]+\]/g, (list) => list.replace(/\s+/g, ' '));
    writeFileSync(join('artifacts', 'bench-ui.json'), `${compact}\n`);
  }
}

function withoutSamples(key: string, value: unknown): unknown {
  return key === 'samples' ? undefined : value;
}
