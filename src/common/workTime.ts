/** A gap of this many milliseconds at least may mean that the machine slept. */
const longGap = 60_000;

/** Adds up the time between marks. A gap far longer than the others, in which the machine can only have slept, counts as an ordinary one. */
export class WorkTime {
  private worked = 0;
  private gaps = 0;
  private last: number | undefined;

  /** Milliseconds of work up to the last mark. */
  get total(): number {
    return this.worked;
  }

  /** Notes that work was done up to now, in milliseconds of any clock. @returns the time worked since the first mark */
  mark(now: number): number {
    if (this.last !== undefined) {
      // A clock may be set back.
      const gap = Math.max(0, now - this.last);
      const usual = this.gaps > 0 ? this.worked / this.gaps : Infinity;
      this.worked += gap > Math.max(longGap, 10 * usual) ? usual : gap;
      this.gaps++;
    }
    this.last = now;
    return this.worked;
  }
}
