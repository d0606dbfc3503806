import { ProductError } from '../../src/common/errors';

/** What a job does, in the words of messages. */
export type JobKind = 'training' | 'making of pictures' | 'look at a picture';

interface RunningJob {
  kind: JobKind;
  job: string;
  controller: AbortController;
  /** Settles when the job has ended, however it did. */
  ended: Promise<void>;
}

/** The one place for work that takes the machine: a second job is refused, the host keeps the queue. */
export class JobSlot {
  private running: RunningJob | undefined;

  /**
   * Runs a job. Its signal fires for `stop` and for the signal given.
   * @throws ProductError `conflict` while another job runs.
   */
  async run<T>(kind: JobKind, job: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.running)
      throw new ProductError(
        'conflict',
        this.running.job,
        `another job is at work (${this.running.kind})`,
        'Wait until it ends, or stop it',
      );
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.running = { kind, job, controller, ended };
    try {
      return await work(controller.signal);
    } finally {
      signal.removeEventListener('abort', abort);
      this.running = undefined;
      end();
    }
  }

  /** Asks the job of this name to end after its step. One that has ended meanwhile is no error. */
  stop(job: string): void {
    if (this.running?.job === job) this.running.controller.abort();
  }

  /** Asks whatever runs to end, and waits until it has. */
  async stopAndWait(): Promise<void> {
    this.running?.controller.abort();
    await this.running?.ended;
  }
}
