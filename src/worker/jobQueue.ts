import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import type { ErrorData } from '../common/protocol/runtimeProtocol';
import { l10n } from '../translation';
import { cancelled, errorDataOf, isCancelled, RuntimeBusy } from './errors';

/** How a job stands. */
export type JobState = 'waiting' | 'running' | 'stopping' | 'done' | 'failed' | 'stopped';

/** A job as lists show it. */
export interface Job {
  readonly id: string;
  readonly kind: 'training' | 'sampling';
  readonly title: string;
  readonly state: JobState;
  /** Why it failed. */
  readonly error?: ErrorData;
}

/** A job to be done. */
export interface JobWork<T> {
  id: string;
  kind: Job['kind'];
  title: string;
  /** Does the work; should end soon after the signal. */
  run(signal: AbortSignal): Promise<T>;
  /** Whether the result is that of a job which was ended early. If left out: when it was asked to stop. */
  isStopped?(result: T): boolean;
}

interface Entry {
  job: Job;
  abort: AbortController;
  start(): Promise<void>;
  /** Rejects a job that never ran. */
  drop(): void;
}

const endedKept = 20;

/** Does one job at a time, in the order they came. */
export class JobQueue implements Disposable {
  private readonly emitter = new Emitter<readonly Job[]>();
  private waiting: Entry[] = [];
  private current: Entry | undefined;
  private ended: Job[] = [];
  private isDisposed = false;

  /** Fires with all jobs whenever one changes. */
  get onDidChange(): Event<readonly Job[]> {
    return this.emitter.event;
  }

  /** The jobs that ended lately, the one that runs, and those that wait, in their order. */
  get jobs(): readonly Job[] {
    return [...this.ended, ...(this.current ? [this.current.job] : []), ...this.waiting.map(({ job }) => job)];
  }

  /** The job that runs or is being stopped. */
  get running(): Job | undefined {
    return this.current?.job;
  }

  /** How many jobs come before this one: 0 for the one that runs; undefined for one that is not in the queue. */
  position(id: string): number | undefined {
    if (this.current?.job.id === id) return 0;
    const index = this.waiting.findIndex(({ job }) => job.id === id);
    return index < 0 ? undefined : index + 1;
  }

  /**
   * Adds a job behind the others.
   * @returns its result; rejects with `cancelled` when it is removed before its turn
   * @throws RuntimeBusy when a job of this id is in the queue
   */
  add<T>(work: JobWork<T>): Promise<T> {
    if (this.isDisposed) throw cancelled(work.title);
    if (this.position(work.id) !== undefined) throw new RuntimeBusy(work.title, l10n.t('it is in the queue already'));
    const result = new Promise<T>((resolve, reject) => {
      const abort = new AbortController();
      const { id, kind, title } = work;
      const entry: Entry = {
        job: { id, kind, title, state: 'waiting' },
        abort,
        drop: () => reject(cancelled(title)),
        start: async () => {
          try {
            const value = await work.run(abort.signal);
            const stopped = work.isStopped?.(value) ?? abort.signal.aborted;
            this.finish(entry, { ...entry.job, state: stopped ? 'stopped' : 'done' });
            resolve(value);
          } catch (error) {
            const stopped = abort.signal.aborted || isCancelled(error);
            this.finish(entry, stopped ? { ...entry.job, state: 'stopped' } : failedJob(entry.job, error));
            reject(error as Error);
          }
        },
      };
      this.waiting.push(entry);
    });
    // Whoever wants the result looks at it; nobody has to.
    result.catch(() => {});
    this.changed();
    this.next();
    return result;
  }

  /** Removes a job that waits, asks one that runs to stop. @returns whether there was one */
  stop(id: string): boolean {
    const entry = [this.current, ...this.waiting].find((one) => one?.job.id === id);
    if (!entry) return false;
    if (entry === this.current) {
      if (entry.job.state === 'running') entry.job = { ...entry.job, state: 'stopping' };
      this.changed();
      entry.abort.abort();
      return true;
    }
    this.waiting = this.waiting.filter((one) => one !== entry);
    this.keep({ ...entry.job, state: 'stopped' });
    entry.drop();
    this.changed();
    return true;
  }

  /** Removes what waits and asks the running job to stop. */
  dispose(): void {
    this.isDisposed = true;
    for (const entry of this.waiting.splice(0)) entry.drop();
    this.current?.abort.abort();
    this.emitter.dispose();
  }

  private next(): void {
    if (this.current) return;
    const entry = this.waiting.shift();
    if (!entry) return;
    entry.job = { ...entry.job, state: 'running' };
    this.current = entry;
    this.changed();
    void entry.start();
  }

  private finish(entry: Entry, job: Job): void {
    entry.job = job;
    this.current = undefined;
    this.keep(job);
    this.changed();
    this.next();
  }

  private keep(job: Job): void {
    this.ended = [...this.ended, job].slice(-endedKept);
  }

  private changed(): void {
    if (!this.isDisposed) this.emitter.fire(this.jobs);
  }
}

function failedJob(job: Job, error: unknown): Job {
  return { ...job, state: 'failed', error: errorDataOf(error) };
}
