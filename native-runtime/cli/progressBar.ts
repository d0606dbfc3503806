import { SingleBar } from 'cli-progress';
import type { Writable } from 'node:stream';
import { WorkTime } from '../../src/common/workTime';
import { formatDuration } from './formatting';

/** Milliseconds between two lines where there is no terminal. */
const LINE_INTERVAL = 5000;

/**
 * The progress of one long task with the time it still takes: a bar on a terminal; elsewhere (a log file, a pipe) plain
 * lines, the first and the last and one every five seconds between.
 */
export class ProgressBar {
  private readonly bar: SingleBar | undefined;
  private readonly work = new WorkTime();
  private lastLine = -Infinity;
  private done = 0;
  private from: number | undefined;

  constructor(
    private readonly stream: Writable,
    terminal: boolean,
    private readonly label: string,
    private total: number,
    private readonly now: () => number = Date.now,
  ) {
    this.work.mark(now());
    if (!terminal) return;
    this.bar = new SingleBar({
      stream: stream as NodeJS.WritableStream,
      format: (_options, params, payload: { note?: string }) => this.line(Number(params.value), payload.note, true),
      hideCursor: true,
      linewrap: false,
      fps: 5,
      // Ctrl-C is the command's business, not the bar's.
      gracefulExit: false,
    });
    this.bar.start(total, 0, {});
  }

  /** Sets how much is done, with a short remark such as the loss. The first call sets where the estimate counts from. */
  update(done: number, note?: string, total: number = this.total): void {
    if (done === this.done && done >= total && total === this.total) return;
    this.from ??= Math.max(0, done - 1);
    this.work.mark(this.now());
    if (total !== this.total) this.bar?.setTotal(total);
    this.total = total;
    this.done = done;
    if (this.bar) {
      this.bar.update(done, { note });
      return;
    }
    const time = this.now();
    if (done < total && time - this.lastLine < LINE_INTERVAL) return;
    this.lastLine = time;
    this.stream.write(`${this.line(done, note, false)}\n`);
  }

  /** Clears the drawn line, so that other text can be written; the bar comes back with its next update. */
  clear(): void {
    if (this.bar) this.stream.write('\r\u001b[K');
  }

  /** Leaves the bar as it is and gives the terminal back. */
  stop(): void {
    this.bar?.stop();
  }

  private line(done: number, note: string | undefined, drawn: boolean): string {
    const share = this.total > 0 ? Math.min(1, done / this.total) : 1;
    const filled = Math.round(24 * share);
    const picture = drawn ? ` ${'█'.repeat(filled)}${'░'.repeat(24 - filled)}` : '';
    return [
      `${this.label}${picture} ${done}/${this.total}`,
      this.remaining(),
      done < this.total || drawn ? note : undefined,
    ]
      .filter(Boolean)
      .join(' · ');
  }

  private remaining(): string {
    const elapsed = this.work.total / 1000;
    if (this.done >= this.total) return formatDuration(elapsed);
    const counted = this.done - (this.from ?? 0);
    return counted > 0 && elapsed > 0 ? `${formatDuration((elapsed / counted) * (this.total - this.done))} left` : '';
  }
}
