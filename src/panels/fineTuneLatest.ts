/** Something that can be told to stop. */
export interface Cancellation<Token> {
  token: Token;
  cancel(): void;
  dispose(): void;
}

/**
 * Runs the newest of several requests for the same thing, a moment after the last one came; what runs for an older one is
 * cancelled and its result dropped.
 */
export class LatestOnly<Token> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Cancellation<Token> | undefined;

  constructor(
    private readonly delayMs: number,
    private readonly createCancellation: () => Cancellation<Token>,
  ) {}

  /** Forgets what was asked before. `done` and `failed` are called for the newest request only. */
  request<T>(
    work: (token: Token) => Promise<T>,
    done: (result: T) => void,
    failed: (error: unknown) => void,
    delayMs = this.delayMs,
  ): void {
    this.cancel();
    this.timer = setTimeout(() => void this.run(work, done, failed), delayMs);
  }

  /** Drops what waits or runs. */
  cancel(): void {
    clearTimeout(this.timer);
    this.running?.cancel();
    this.running = undefined;
  }

  private async run<T>(
    work: (token: Token) => Promise<T>,
    done: (result: T) => void,
    failed: (error: unknown) => void,
  ): Promise<void> {
    const mine = this.createCancellation();
    this.running = mine;
    try {
      const result = await work(mine.token);
      if (this.running === mine) done(result);
    } catch (error) {
      if (this.running === mine) failed(error);
    } finally {
      if (this.running === mine) this.running = undefined;
      mine.dispose();
    }
  }
}
