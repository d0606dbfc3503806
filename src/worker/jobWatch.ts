import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { SilenceWatch } from './silenceWatch';

/** A job that says nothing for long, or speaks again. */
export interface JobSilence {
  job: string;
  isSilent: boolean;
  silentMs: number;
}

/** Watches jobs for silence. */
export class JobWatch implements Disposable {
  private readonly emitter = new Emitter<JobSilence>();
  private readonly watches = new Map<string, SilenceWatch>();

  constructor(private readonly limitMinutes: () => number) {}

  get onDidChange(): Event<JobSilence> {
    return this.emitter.event;
  }

  /** Watches a job until the result is disposed of. */
  add(job: string): Disposable {
    const limit = this.limitMinutes() * 60_000;
    if (limit <= 0) return { dispose: () => {} };
    const watch = new SilenceWatch(limit, (isSilent, silentMs) => this.emitter.fire({ job, isSilent, silentMs }));
    this.watches.set(job, watch);
    return {
      dispose: () => {
        watch.dispose();
        if (this.watches.get(job) === watch) this.watches.delete(job);
      },
    };
  }

  /** A job spoke. */
  touch(job: string): void {
    this.watches.get(job)?.touch();
  }

  dispose(): void {
    this.watches.forEach((watch) => watch.dispose());
    this.watches.clear();
    this.emitter.dispose();
  }
}
