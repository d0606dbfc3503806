import { batchFeeds, drawsOf, type Batch } from './batchFeeds';
import type { DrawsAhead, Drawn } from './drawsAhead';
import type { LatentPool } from './latentPool';
import type { PreparedRun } from './prepareRun';

/** The only batches of steps that follow each other; those of the steps to come are begun before they are asked for. */
export class BatchesAhead {
  private drawn: Promise<Drawn> | undefined;

  constructor(
    private readonly run: PreparedRun,
    private readonly pool: LatentPool,
    /** Draws beside this thread; left out, everything is drawn when it is asked for. */
    private readonly draws?: DrawsAhead,
  ) {}

  /** Has the noise of steps drawn while this thread does something else. */
  begin(from: number, count: number): void {
    const steps = stepsFrom(from, count);
    if (!this.draws || steps.length === 0) return;
    this.drawn = this.draws.draw(steps.flatMap((step) => drawsOf(this.run, step)));
  }

  /** The batches of these steps, whatever was begun. */
  async take(from: number, count: number): Promise<Batch[]> {
    const drawn = await this.drawn;
    this.drawn = undefined;
    return stepsFrom(from, count).map((step) => batchFeeds(this.run, this.pool, step, 0, drawn));
  }
}

const stepsFrom = (from: number, count: number) => Array.from({ length: Math.max(0, count) }, (_, i) => from + i);
