/** How the updates of a job are gathered. */
export interface Gathering<U> {
  /**
   * Two updates in one, the later one second; undefined when they do not go together. Updates that can be joined with nothing
   * are sent at once.
   */
  join: (earlier: U, later: U) => U | undefined;
  /** Whether an update can wait for others to join it. */
  canWait: (update: U) => boolean;
}

/** Milliseconds between updates that can wait: at most five a second. */
const INTERVAL = 200;

/** Passes a job's updates on in their order; those that can wait are gathered, so that none is lost and none floods the host. */
export class Notifier<U> {
  private waiting: U | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sent = -Infinity;

  constructor(
    private readonly send: (update: U) => void,
    private readonly gathering: Gathering<U>,
  ) {}

  /** Sends an update now, or soon with those that follow. */
  add(update: U): void {
    if (!this.gathering.canWait(update)) {
      this.flush();
      this.send(update);
      return;
    }
    const joined = this.waiting === undefined ? update : this.gathering.join(this.waiting, update);
    if (joined === undefined) this.flush();
    this.waiting = joined ?? update;
    // A step may hold the process up for longer than the interval, so the clock is asked as well as the timer.
    const left = this.sent + INTERVAL - performance.now();
    if (left <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), left);
  }

  /** Sends what waits: before something that must not overtake it, and at the end. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting === undefined) return;
    const update = this.waiting;
    this.waiting = undefined;
    this.sent = performance.now();
    this.send(update);
  }
}
