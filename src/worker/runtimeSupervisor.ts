import { setTimeout as sleep } from 'node:timers/promises';
import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { ProductError } from '../common/errors';
import type { Handshake } from '../common/protocol/device';
import {
  runtimeNotifications,
  type NotificationName,
  type NotificationParams,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '../common/protocol/runtimeProtocol';
import { l10n } from '../translation';
import type { CancellationTokenLike } from './cancellation';
import { cancelled, RuntimeBusy, RuntimeExited } from './errors';
import { JobWatch, type JobSilence } from './jobWatch';
import { defaultRequestLimits, isTimed, type TimedRequest } from './requestLimits';
import { defaultRestartLimits, RestartBudget, type RestartLimits } from './restartBudget';
import { RuntimeCall } from './runtimeCall';
import type { RuntimeLog } from './runtimeLog';
import { RuntimeProcess } from './runtimeProcess';
import type { RuntimeSettings } from './runtimeSettings';

/** A timed request that the runtime does only while no job is under way, as it takes as much of the machine. */
const exclusiveLook: RequestName = 'attention/look';

/** How the runtime stands, for the status bar. */
export type RuntimeState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'ready'; handshake: Handshake; pid: number }
  /** The next use starts it again, unless it `gaveUp`: then only {@link RuntimeSupervisor.restart} does. */
  | { kind: 'failed'; error: ProductError; gaveUp: boolean };

/** What a supervisor needs. */
export interface SupervisorOptions {
  /** The bundled program, `dist/runtime.js`. */
  program: string;
  log: RuntimeLog;
  settings: () => RuntimeSettings;
  /** Throws a ProductError where nothing may be started, as in a workspace that is not trusted. */
  beforeStart?: () => void;
  env?: NodeJS.ProcessEnv;
  handshakeLimitMs?: number;
  requestLimits?: Partial<Record<TimedRequest, number>>;
  restartLimits?: RestartLimits;
  /** How long each stage of ending the process waits for the one before. */
  graceMs?: number;
}

/** Starts the runtime process when it is needed, ends it when it is not, and survives its crashes. */
export class RuntimeSupervisor implements Disposable {
  private readonly stateEmitter = new Emitter<RuntimeState>();
  private readonly notificationEmitter = new Emitter<{ name: NotificationName; params: unknown }>();
  private readonly watch: JobWatch;
  private readonly budget: RestartBudget;
  private readonly calls = new Set<RuntimeCall<RequestName>>();
  private readonly limits: Record<TimedRequest, number>;
  private readonly graceMs: number;
  private current: RuntimeState = { kind: 'stopped' };
  private runtime: RuntimeProcess | undefined;
  private starting: Promise<RuntimeProcess> | undefined;
  private stopping: Promise<void> | undefined;
  private launching: AbortController | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private isDisposed = false;

  constructor(private readonly options: SupervisorOptions) {
    this.limits = { ...defaultRequestLimits, ...options.requestLimits };
    this.graceMs = options.graceMs ?? 5000;
    this.budget = new RestartBudget(options.restartLimits ?? defaultRestartLimits);
    this.watch = new JobWatch(() => options.settings().silenceMinutes);
  }

  get state(): RuntimeState {
    return this.current;
  }

  get onDidChangeState(): Event<RuntimeState> {
    return this.stateEmitter.event;
  }

  /** A job has been silent for as long as the settings say, or speaks again. Nothing is ended by itself. */
  get onDidChangeSilence(): Event<JobSilence> {
    return this.watch.onDidChange;
  }

  /** Whether a training or sampling job is under way. */
  get hasJob(): boolean {
    return [...this.calls].some(({ name }) => !isTimed(name));
  }

  /** The last lines the process wrote, for an error report. */
  get recentOutput(): readonly string[] {
    return this.runtime?.recentOutput ?? this.lastOutput;
  }
  private lastOutput: readonly string[] = [];

  /** Calls back for each notification of a name, whichever process sends it. */
  onNotification<N extends NotificationName>(name: N, listener: (params: NotificationParams<N>) => void): Disposable {
    return this.notificationEmitter.event((received) => {
      if (received.name === name) listener(received.params as NotificationParams<N>);
    });
  }

  /**
   * Asks the runtime something, starting it first if need be.
   * @throws ProductError what the runtime answered, or why there is no answer; `RuntimeExited` when it ended meanwhile
   */
  async request<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
    token?: CancellationTokenLike,
  ): Promise<RequestResult<N>> {
    if (name === exclusiveLook && this.hasJob)
      throw new RuntimeBusy('runtime', l10n.t('a training or sampling job is under way'));
    const call = new RuntimeCall(name, params, token);
    const registered = call as unknown as RuntimeCall<RequestName>;
    this.calls.add(registered);
    this.refreshIdleTimer();
    let watched: Disposable | undefined;
    try {
      const runtime = await this.ready();
      // The runtime refuses a job while it looks at a picture; the wait is short.
      if (!isTimed(name)) await this.untilNoCallOf(exclusiveLook);
      if (!isTimed(name)) watched = this.watch.add((params as { job: string }).job);
      const limit = isTimed(name) ? this.limits[name] : undefined;
      return await call.send(runtime, limit, this.graceMs, () => this.endUnresponsive(runtime));
    } catch (error) {
      if (!isTimed(name)) this.replaceAfter(error);
      throw error;
    } finally {
      watched?.dispose();
      call.dispose();
      this.calls.delete(registered);
      this.refreshIdleTimer();
    }
  }

  /** The same for a request that makes no sense to a process without the work it is about: without one it is not sent. */
  async requestIfRunning<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
  ): Promise<RequestResult<N> | undefined> {
    if (this.stopping || !(this.runtime ?? this.starting)) return undefined;
    return this.request(name, params);
  }

  /**
   * Starts the process if it is not running.
   * @throws ProductError when it cannot be started, or has crashed too often
   */
  async start(): Promise<Handshake> {
    return (await this.ready()).handshake;
  }

  /** Ends the process: its work is cancelled first, and after a time of grace it is terminated, then killed. */
  async stop(): Promise<void> {
    const runtime = this.runtime;
    if (runtime) await this.whileStopping(() => this.stopGently(runtime));
    else await this.terminate();
  }

  /** Ends the process without cancelling its work first: terminated, and after a time of grace killed. */
  async terminate(): Promise<void> {
    this.launching?.abort();
    const { runtime, starting } = this;
    await this.whileStopping(() => runtime?.terminate(this.graceMs) ?? starting?.catch(() => {}));
  }

  /**
   * Ends the process and starts a new one; earlier crashes are forgotten.
   * @throws RuntimeBusy when a job is under way
   */
  async restart(): Promise<void> {
    if (this.hasJob) throw new RuntimeBusy('runtime', l10n.t('a training or sampling job is under way'));
    await this.stop();
    this.budget.reset();
    await this.start();
  }

  /** Ends the process for good; resolves when it is gone. */
  async shutdown(): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.idleTimer);
    await this.terminate();
    this.watch.dispose();
  }

  dispose(): void {
    void this.shutdown();
  }

  private ready(): Promise<RuntimeProcess> {
    if (this.isDisposed) return Promise.reject(cancelled(l10n.t('the request')));
    // A process that is being ended takes no more work: the request goes to the next one.
    if (this.stopping) return this.stopping.then(() => this.ready());
    if (this.runtime) return Promise.resolve(this.runtime);
    this.starting ??= this.launch().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private async launch(): Promise<RuntimeProcess> {
    this.options.beforeStart?.();
    if (this.budget.isExhausted) throw this.gaveUp();
    this.change({ kind: 'starting' });
    this.launching = new AbortController();
    const { signal } = this.launching;
    try {
      await this.pause(this.budget.delayMs, signal);
      const { program, log, env, handshakeLimitMs, settings } = this.options;
      const { nodePath, libraryFolders } = settings();
      const runtime = await RuntimeProcess.start({
        program,
        log,
        env,
        handshakeLimitMs,
        nodePath,
        libraryFolders,
        signal,
      });
      this.adopt(runtime);
      return runtime;
    } catch (error) {
      this.failed(error as ProductError);
      throw error;
    } finally {
      this.launching = undefined;
    }
  }

  private adopt(runtime: RuntimeProcess): void {
    this.runtime = runtime;
    runtime.onDidExit((exit) => this.ended(exit));
    for (const name of Object.keys(runtimeNotifications) as NotificationName[])
      runtime.onNotification(name, (params) => {
        if ('job' in params) this.watch.touch(params.job);
        this.notificationEmitter.fire({ name, params });
      });
    const { handshake, pid } = runtime;
    this.options.log.info(
      `Runtime ${handshake.toolVersion} started as process ${pid}: Node ${handshake.nodeVersion}, ONNX Runtime ${handshake.onnxRuntimeVersion}`,
    );
    this.change({ kind: 'ready', handshake, pid });
    this.refreshIdleTimer();
  }

  private ended(exited: RuntimeExited): void {
    this.runtime = undefined;
    this.lastOutput = exited.exit.output;
    this.refreshIdleTimer();
    if (exited.exit.intended) {
      this.options.log.info('The runtime was stopped');
      this.change({ kind: 'stopped' });
    } else this.failed(exited);
  }

  private failed(error: ProductError): void {
    if (this.isDisposed || error.code === 'cancelled') return this.change({ kind: 'stopped' });
    this.options.log.error(error.message);
    this.budget.recordFailure();
    this.change({ kind: 'failed', error, gaveUp: this.budget.isExhausted });
  }

  private gaveUp(): ProductError {
    const why = this.current.kind === 'failed' ? this.current.error : undefined;
    const { count } = this.budget;
    const problem = why
      ? l10n.t(
          'it failed {0} times within minutes and is not started again by itself; the last time: {1}',
          count,
          why.problem,
        )
      : l10n.t('it failed {0} times within minutes and is not started again by itself', count);
    const restart = l10n.t('Restart the runtime');
    return new ProductError(
      why?.code ?? 'internal',
      'runtime',
      problem,
      [why?.remedy, restart].filter(Boolean).join('. '),
    );
  }

  private whileStopping(end: () => Promise<unknown> | undefined): Promise<void> {
    const before = this.stopping;
    const ended: Promise<void> = Promise.all([before, end()]).then(() => {
      if (this.stopping === ended) this.stopping = undefined;
    });
    return (this.stopping = ended);
  }

  private async untilNoCallOf(name: RequestName): Promise<void> {
    while ([...this.calls].some((call) => call.name === name)) await sleep(20);
  }

  private async stopGently(runtime: RuntimeProcess): Promise<void> {
    const underWay = [...this.calls];
    for (const call of underWay) call.cancel();
    const idle = async () => {
      while (underWay.some((call) => this.calls.has(call))) await sleep(20);
    };
    await Promise.race([idle(), sleep(this.graceMs, undefined, { ref: false })]);
    await runtime.terminate(this.graceMs);
  }

  /**
   * A lost device does not come back to the process that had it, and what a job held when memory ran out is free for certain only when
   * the process is gone: the next request gets another one.
   */
  private replaceAfter(error: unknown): void {
    const code = error instanceof ProductError && !(error instanceof RuntimeExited) ? error.code : undefined;
    if (code !== 'device-lost' && code !== 'out-of-memory') return;
    this.options.log.warn('The runtime is ended after this error; it starts again for the next use');
    void this.terminate();
  }

  /** A process that ignores even a cancellation is stuck, unless a job keeps it busy. */
  private endUnresponsive(runtime: RuntimeProcess): void {
    if (this.hasJob || this.runtime !== runtime) return;
    this.options.log.error('The runtime does not answer any more; it is ended');
    this.budget.recordFailure();
    void runtime.terminate(this.graceMs);
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) this.options.log.info(`The runtime is started again in ${ms / 1000} seconds`);
    await sleep(ms, undefined, { signal }).catch(() => {
      throw cancelled(l10n.t('the start of the runtime'));
    });
  }

  private refreshIdleTimer(): void {
    clearTimeout(this.idleTimer);
    const { idleMinutes } = this.options.settings();
    if (!this.runtime || this.calls.size > 0 || idleMinutes <= 0 || this.isDisposed) return;
    this.idleTimer = setTimeout(() => {
      this.options.log.info(`The runtime had nothing to do for ${idleMinutes} minutes; its memory is given back`);
      void this.stop();
    }, idleMinutes * 60_000);
    this.idleTimer.unref();
  }

  private change(state: RuntimeState): void {
    this.current = state;
    this.stateEmitter.fire(state);
  }
}
