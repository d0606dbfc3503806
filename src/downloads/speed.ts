/** How far back the speed is looked at, in milliseconds: long enough to be calm, short enough to be true. */
const WINDOW = 10_000;

/** The speed of a download over the last seconds. */
export class Speed {
  private readonly points: { time: number; bytes: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Notes how many bytes are here. What was there before the first note does not count as speed. */
  note(bytes: number): void {
    const time = this.now();
    // A file that starts anew takes bytes back; the speed starts anew with it.
    if (bytes < (this.points.at(-1)?.bytes ?? 0)) this.points.length = 0;
    // Bytes come thousands of times a second; a few points are enough.
    if (this.points.length > 1 && time - this.points.at(-2)!.time < 100) this.points.pop();
    this.points.push({ time, bytes });
    while (this.points.length > 2 && time - this.points[1]!.time > WINDOW) this.points.shift();
  }

  /** Bytes a second; undefined until something can be said. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.points[0], this.points.at(-1)];
    if (!first || !last || last.time - first.time < 500) return undefined;
    return ((last.bytes - first.bytes) / (last.time - first.time)) * 1000;
  }

  /** Seconds until so many bytes are here. */
  secondsTo(total: number): number | undefined {
    const speed = this.bytesPerSecond;
    return speed ? (total - this.points.at(-1)!.bytes) / speed : undefined;
  }
}
