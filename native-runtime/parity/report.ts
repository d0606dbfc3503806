import type { TensorData } from '../tensorData';
import { relativeError } from './measures';

/** One comparison of the product with the reference. */
export interface Check {
  name: string;
  measured: number;
  /** The largest figure that passes; 0 for what must be exact. */
  limit: number;
  passed: boolean;
}

/** Collects checks and prints each as a line. */
export class Report {
  readonly checks: Check[] = [];

  /** @param leastLimit no tensor is held to less than this: other devices round in another way */
  constructor(
    private readonly print: (line: string) => void,
    private readonly leastLimit = 0,
  ) {}

  /** A figure against its limit; what is not a number fails. `detail` is printed when it fails. */
  measure(name: string, measured: number, limit: number, detail = ''): void {
    const passed = measured <= limit;
    this.checks.push({ name, measured, limit, passed });
    const verdict = passed ? 'ok' : `FAIL${detail && ` (${detail})`}`;
    this.print(`${name}  ${figure(measured)}  limit ${figure(limit)}  ${verdict}`);
  }

  /** A tensor against the recorded one; `scale` is the divisor where that is zero throughout. */
  compare(name: string, ours: TensorData | undefined, reference: TensorData, limit: number, scale = 0): void {
    const detail = ours ? `shape ${shapeText(ours)}, recorded ${shapeText(reference)}` : 'the product has none';
    this.measure(name, relativeError(ours, reference, scale), Math.max(limit, this.leastLimit), detail);
  }

  /** Something that must be equal: `differing` names what is not. */
  exact(name: string, differing: readonly string[]): void {
    const more = differing.length > 3 ? ` and ${differing.length - 3} more` : '';
    this.measure(name, differing.length, 0, differing.slice(0, 3).join('; ') + more);
  }

  /** Runs checks; when they cannot be finished, that is a failed check of this name. */
  async attempt(name: string, checks: (name: string) => Promise<void>): Promise<void> {
    try {
      await checks(name);
    } catch (error) {
      this.measure(name, NaN, 0, error instanceof Error ? error.message : String(error));
    }
  }

  /** Says what a recording of this kind does not hold, so that nothing is left out silently. */
  note(text: string): void {
    this.print(`note: ${text}`);
  }

  /** The last lines: which failed, and how many passed and failed. Returns whether all passed. */
  finish(): boolean {
    const failed = this.checks.filter((check) => !check.passed);
    if (failed.length) this.print(`not within their limits: ${failed.map(({ name }) => name).join(', ')}`);
    this.print(`${this.checks.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 && this.checks.length > 0;
  }
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not comparable';
  return Number.isInteger(value) ? String(value) : value.toExponential(1);
}

const shapeText = ({ shape }: TensorData) => `[${shape.join(', ')}]`;
