import { randomUUID } from 'node:crypto';
import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import type { ComputingChoice } from '../common/protocol/device';
import type { RequestParams } from '../common/protocol/runtimeProtocol';
import type { SamplingResult, SamplingUpdate } from '../common/protocol/sampling';
import { errorDataOf, isCancelled } from './errors';
import type { JobQueue } from './jobQueue';
import type { RuntimeLog } from './runtimeLog';
import type { RuntimeSupervisor } from './runtimeSupervisor';
import { SamplingRun } from './samplingRun';

/** What a sampling service needs. */
export interface SamplingServiceOptions {
  supervisor: RuntimeSupervisor;
  queue: JobQueue;
  log: RuntimeLog;
  /** What the settings say of where and how graphs run. */
  computing: () => ComputingChoice;
}

/** Something the runtime said of pictures in the making. */
export interface SamplingEvent {
  run: SamplingRun;
  update: SamplingUpdate;
}

const endedKept = 10;

/** Makes pictures, one request after the other. */
export class SamplingService implements Disposable {
  private readonly changes = new Emitter<SamplingRun>();
  private readonly updates = new Emitter<SamplingEvent>();
  private readonly subscriptions: Disposable[];
  private known: SamplingRun[] = [];

  constructor(private readonly options: SamplingServiceOptions) {
    const { supervisor } = options;
    this.subscriptions = [
      supervisor.onNotification('sample/update', ({ job, update }) => this.receive(job, update)),
      supervisor.onDidChangeSilence(({ job, isSilent }) => {
        const run = this.find(job);
        if (!run || run.hasEnded) return;
        run.isSilent = isSilent;
        this.changes.fire(run);
      }),
    ];
  }

  /** Fires when the state of a request changes. */
  get onDidChange(): Event<SamplingRun> {
    return this.changes.event;
  }

  /** Fires for each picture, warning and progress. */
  get onUpdate(): Event<SamplingEvent> {
    return this.updates.event;
  }

  /** What waits or is under way, and the last ones that ended. */
  get runs(): readonly SamplingRun[] {
    return this.known;
  }

  find(job: string): SamplingRun | undefined {
    return this.known.find((run) => run.job === job);
  }

  /** Makes the pictures of one request when its turn comes. */
  generate(params: Omit<RequestParams<'sample/generate'>, 'job'>): SamplingRun {
    return this.enqueue(params.request.prompt, (job) =>
      this.options.supervisor.request('sample/generate', { ...params, ...this.computing(), job }),
    );
  }

  /** Makes the pictures of a comparison when its turn comes. */
  compare(params: Omit<RequestParams<'sample/compare'>, 'job'>): SamplingRun {
    return this.enqueue(params.title, (job) =>
      this.options.supervisor.request('sample/compare', { ...params, ...this.computing(), job }),
    );
  }

  /**
   * Ends a request and keeps what is finished; one that waits leaves the queue.
   * @param atOnce ends the runtime instead of asking it: for one that does not answer
   * @returns whether it was there to be ended
   */
  stop(job: string, atOnce = false): boolean {
    const run = this.find(job);
    if (!run || run.hasEnded) return false;
    const found = this.options.queue.stop(job);
    // The queue knows one way to stop; this is the harder one.
    if (atOnce && run.state === 'stopping') this.reportFailure(run, this.options.supervisor.terminate());
    return found;
  }

  dispose(): void {
    this.subscriptions.forEach((subscription) => subscription.dispose());
    this.changes.dispose();
    this.updates.dispose();
  }

  /** Read when the turn of a request comes. */
  private computing(): Pick<RequestParams<'sample/generate'>, 'computing'> {
    return { computing: this.options.computing() };
  }

  private enqueue(title: string, request: (job: string) => Promise<SamplingResult>): SamplingRun {
    const run = new SamplingRun(randomUUID(), title);
    const ended = this.known.filter(({ hasEnded }) => hasEnded).slice(-endedKept);
    this.known = [...this.known.filter((one) => !one.hasEnded || ended.includes(one)), run];
    this.changes.fire(run);
    this.options.queue
      .add({
        id: run.job,
        kind: 'sampling',
        title,
        run: (signal) => this.work(run, signal, request),
        isStopped: ({ status }) => status === 'stopped',
      })
      .then(
        (result) => run.conclude(result.status, { result }),
        (error: unknown) => {
          const isStopped = run.state === 'stopping' || isCancelled(error);
          if (isStopped) run.conclude('stopped');
          else run.conclude('failed', { error: errorDataOf(error) });
        },
      )
      .finally(() => this.changes.fire(run));
    return run;
  }

  private async work(
    run: SamplingRun,
    signal: AbortSignal,
    request: (job: string) => Promise<SamplingResult>,
  ): Promise<SamplingResult> {
    run.state = 'running';
    this.changes.fire(run);
    const { supervisor } = this.options;
    const stop = () => {
      run.state = 'stopping';
      this.changes.fire(run);
      this.reportFailure(run, supervisor.requestIfRunning('sample/stop', { job: run.job }));
    };
    signal.addEventListener('abort', stop, { once: true });
    return request(run.job);
  }

  private reportFailure(run: SamplingRun, stopping: Promise<unknown>): void {
    stopping.catch((error: unknown) => {
      if (!isCancelled(error)) this.options.log.warn(`"${run.title}" cannot be stopped: ${errorDataOf(error).problem}`);
    });
  }

  private receive(job: string, update: SamplingUpdate): void {
    const run = this.find(job);
    if (!run || run.hasEnded) return;
    run.apply(update);
    this.updates.fire({ run, update });
  }
}
