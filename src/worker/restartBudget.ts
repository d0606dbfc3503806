/** How often a crashed process may be started again. */
export interface RestartLimits {
  /** Restarts allowed within the window. */
  restarts: number;
  windowMs: number;
  /** Wait before the first restart; it doubles with each. */
  backoffMs: number;
}

/** Three restarts in ten minutes, after 1, 2 and 4 seconds. */
export const defaultRestartLimits: RestartLimits = { restarts: 3, windowMs: 600_000, backoffMs: 1000 };

/** Counts failures, so that a process that always crashes is not started for ever. */
export class RestartBudget {
  private failures: number[] = [];

  constructor(
    private readonly limits: RestartLimits = defaultRestartLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Notes a crash or a failed start. */
  recordFailure(): void {
    this.failures = [...this.recent(), this.now()];
  }

  /** Failures within the window. */
  get count(): number {
    return this.recent().length;
  }

  get isExhausted(): boolean {
    return this.count > this.limits.restarts;
  }

  /** How long to wait before the next start. */
  get delayMs(): number {
    return this.count === 0 ? 0 : this.limits.backoffMs * 2 ** (this.count - 1);
  }

  /** Forgets all failures: the user asked for a start. */
  reset(): void {
    this.failures = [];
  }

  private recent(): number[] {
    const since = this.now() - this.limits.windowMs;
    return this.failures.filter((time) => time > since);
  }
}
