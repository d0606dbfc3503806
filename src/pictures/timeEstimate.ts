import { WorkTime } from '../common/workTime';

/** Estimates the time that is left from how fast the work went since it really began. */
export class TimeEstimate {
  private start: number | undefined;
  private readonly work = new WorkTime();

  /** Notes how far the work is; `at` in milliseconds. @returns seconds left, once there is something to go by */
  update(done: number, total: number, at: number): number | undefined {
    if (done <= 0) return undefined;
    // Opening the model counts as no progress and is left out.
    this.start ??= done;
    const [gained, elapsed] = [done - this.start, this.work.mark(at)];
    if (gained <= 0 || elapsed <= 0) return undefined;
    return ((total - done) * elapsed) / gained / 1000;
  }
}
