/** Work that waits for a pause: asked for again, it waits again. */
export class Postponed {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly pauseMs: number,
    private readonly work: () => void,
  ) {}

  /** Does the work after the pause. */
  later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), this.pauseMs);
  }

  /** Does the work at once if it is waiting. */
  now(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work();
  }
}
