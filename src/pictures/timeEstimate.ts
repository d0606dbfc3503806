/** Estimates the time that is left from how fast the work went since it really began. */
export class TimeEstimate {
  private start: { done: number; at: number } | undefined;

  /** Notes how far the work is; `at` in milliseconds. @returns seconds left, once there is something to go by */
  update(done: number, total: number, at: number): number | undefined {
    if (done <= 0) return undefined;
    // Opening the model counts as no progress and is left out.
    this.start ??= { done, at };
    const [gained, elapsed] = [done - this.start.done, at - this.start.at];
    if (gained <= 0 || elapsed <= 0) return undefined;
    return ((total - done) * elapsed) / gained / 1000;
  }
}
