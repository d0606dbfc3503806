import { fork, type ChildProcess } from 'node:child_process';
import { Emitter, type Disposable, type Event } from 'vscode-jsonrpc/node';
import { ProductError } from '../common/errors';
import type { UsedFile } from '../common/modelFiles';
import type { Handshake } from '../common/protocol/device';
import {
  runtimeNotifications,
  runtimeRequests,
  type NotificationName,
  type NotificationParams,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '../common/protocol/runtimeProtocol';
import { changedAmong } from '../runs/modelFiles';
import { l10n } from '../translation';
import type { CancellationTokenLike } from './cancellation';
import { requestError, RuntimeExited } from './errors';
import { shakeHands } from './handshake';
import { forEachLine, OutputTail } from './outputLines';
import { isAlive, sendSignal } from './processSignal';
import { connectToRuntime, type RuntimeConnection } from './runtimeConnection';
import { runtimeEnvironment } from './runtimeEnvironment';
import type { RuntimeLog } from './runtimeLog';

/** How a runtime process is started. */
export interface RuntimeProcessOptions {
  /** The bundled program, `dist/runtime.js`. */
  program: string;
  /** A Node program other than the editor's own. */
  nodePath?: string;
  /** Folders that native libraries are taken from first. */
  libraryFolders?: readonly string[];
  log: RuntimeLog;
  /** The environment it is derived from; the editor's own if left out. */
  env?: NodeJS.ProcessEnv;
  /** How long the process may take to answer its first message. */
  handshakeLimitMs?: number;
  /** Ends the start. */
  signal?: AbortSignal;
}

/** After the end of the process, what it sent before is awaited this long: a grandchild may hold its pipes open. */
const lastWordsMs = 300;
/** A process that closed its channel without ending is given this long to end. */
const closedChannelMs = 2000;

/** A running runtime process with its connection. However it ends, it ends in {@link onDidExit}, and what was pending rejects. */
export class RuntimeProcess implements Disposable {
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<RuntimeExited>;
  private readonly exitEmitter = new Emitter<RuntimeExited>();
  private readonly notificationEmitter = new Emitter<{ name: NotificationName; params: unknown }>();
  private readonly output = new OutputTail();
  private readonly wire: RuntimeConnection;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly underElectron: boolean;
  private exit: RuntimeExited | undefined;
  private isConcluding = false;
  private isIntended = false;
  private termination: Promise<RuntimeExited> | undefined;
  private answer: Handshake | undefined;
  private openFiles: readonly UsedFile[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly log: RuntimeLog,
    ownNode: boolean,
  ) {
    this.underElectron = ownNode && process.versions.electron !== undefined;
    this.exited = new Promise((done) => this.exitEmitter.event(done));
    this.wire = connectToRuntime(child, log);
    this.wire.connection.onNotification((method: string, params: unknown) => this.receive(method, params));
    for (const stream of [child.stdout, child.stderr]) if (stream) forEachLine(stream, (line) => this.heard(line));
    child.on('error', (error) => this.failed(error));
    child.on('exit', () => this.after(lastWordsMs, () => this.conclude()));
    child.on('close', () => this.conclude());
    child.on('disconnect', () => this.after(closedChannelMs, () => void this.end(5000)));
    this.wire.connection.listen();
  }

  /**
   * Forks the runtime and agrees with it on the protocol.
   * @throws ProductError when it cannot be started, does not answer in time, or speaks another protocol
   */
  static async start(options: RuntimeProcessOptions): Promise<RuntimeProcess> {
    const execPath = options.nodePath || process.execPath;
    const settings = {
      execPath,
      execArgv: [],
      serialization: 'advanced' as const,
      stdio: ['ignore' as const, 'pipe' as const, 'pipe' as const, 'ipc' as const],
      windowsHide: true,
      env: runtimeEnvironment(options.env ?? process.env, options.libraryFolders),
    };
    const child = fork(options.program, [], settings);
    const runtime = new RuntimeProcess(child, options.log, !options.nodePath);
    const abort = () => void runtime.terminate();
    options.signal?.addEventListener('abort', abort);
    try {
      await spawned(child, execPath);
      runtime.answer = await shakeHands(runtime.wire.connection, options.handshakeLimitMs ?? 30_000);
      return runtime;
    } catch (error) {
      // What the process died of says more than that the handshake failed.
      const reason = child.pid === undefined ? error : (runtime.exit ?? error);
      await runtime.terminate(1000);
      throw reason;
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
  }

  /** What the runtime said about itself. */
  get handshake(): Handshake {
    return this.answer!;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The last lines the process wrote. */
  get recentOutput(): readonly string[] {
    return this.output.lines;
  }

  /** Fires once, when the process has ended and everything it sent has been handled. */
  get onDidExit(): Event<RuntimeExited> {
    return this.exitEmitter.event;
  }

  /** Calls back for each valid notification of a name. */
  onNotification<N extends NotificationName>(name: N, listener: (params: NotificationParams<N>) => void): Disposable {
    return this.notificationEmitter.event((received) => {
      if (received.name === name) listener(received.params as NotificationParams<N>);
    });
  }

  /**
   * Asks the runtime something.
   * @throws ProductError what the runtime answered; {@link RuntimeExited} when it ended before
   */
  async request<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
    token?: CancellationTokenLike,
  ): Promise<RequestResult<N>> {
    if (this.exit) throw this.exit;
    let answer: unknown;
    try {
      const { connection } = this.wire;
      answer = await (token ? connection.sendRequest(name, params, token) : connection.sendRequest(name, params));
    } catch (error) {
      throw this.exit ?? requestError(error, name);
    }
    const checked = runtimeRequests[name].result.safeParse(answer);
    if (checked.success) return checked.data as RequestResult<N>;
    this.log.error(`${name}: the runtime's answer is not as agreed: ${checked.error.message}`);
    throw new ProductError(
      'internal',
      name,
      l10n.t("the runtime's answer is not as agreed"),
      l10n.t('Reinstall the extension'),
    );
  }

  /**
   * Ends the process: SIGTERM, and SIGKILL after a time of grace.
   * @returns how it ended
   */
  terminate(graceMs = 5000): Promise<RuntimeExited> {
    this.isIntended ||= isAlive(this.child);
    return this.end(graceMs);
  }

  /** Ends the process without waiting for it. */
  dispose(): void {
    void this.terminate();
  }

  private end(graceMs: number): Promise<RuntimeExited> {
    if (this.termination) return this.termination;
    sendSignal(this.child, 'SIGTERM');
    this.after(graceMs, () => {
      sendSignal(this.child, 'SIGKILL');
      // A process that even this does not end (a hung driver) must not hold anyone up.
      this.after(graceMs, () => this.conclude());
    });
    return (this.termination = this.exited);
  }

  private receive(method: string, params: unknown): void {
    if (!Object.hasOwn(runtimeNotifications, method)) {
      this.log.warn(`The runtime sent an unknown message "${method.slice(0, 100)}"; it was dropped`);
      return;
    }
    const name = method as NotificationName;
    const checked = runtimeNotifications[name].safeParse(params);
    if (!checked.success) {
      this.log.warn(`${name}: a message of the runtime is not as agreed; it was dropped: ${checked.error.message}`);
      return;
    }
    if (name === 'log') {
      const { level, message } = checked.data as NotificationParams<'log'>;
      this.log[level](message);
    }
    if (name === 'models/open') this.openFiles = (checked.data as NotificationParams<'models/open'>).files;
    this.notificationEmitter.fire({ name, params: checked.data });
  }

  private heard(line: string): void {
    this.output.add(line);
    this.log.info(line);
  }

  private failed(error: Error): void {
    this.log.error(`The runtime process: ${error.message}`);
    if (this.child.pid === undefined) this.conclude();
  }

  private after(ms: number, action: () => void): void {
    if (this.exit) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, ms);
    this.timers.add(timer);
  }

  /** The one place where every kind of end arrives. */
  private conclude(): void {
    if (this.isConcluding) return;
    this.isConcluding = true;
    void this.wire.drained().then(async () => {
      this.timers.forEach(clearTimeout);
      this.timers.clear();
      const { exitCode: code, signalCode: signal } = this.child;
      const { underElectron, isIntended: intended, output } = this;
      const changedFile = intended ? undefined : await changedAmong(this.openFiles);
      this.exit = new RuntimeExited({ code, signal, underElectron, intended, output: output.lines, changedFile });
      // Pending requests reject only when their connection is disposed of.
      this.wire.connection.dispose();
      this.exitEmitter.fire(this.exit);
      this.exitEmitter.dispose();
      this.notificationEmitter.dispose();
    });
  }
}

/** Waits until the program runs. @throws ProductError `not-found` when there is no such program */
function spawned(child: ChildProcess, execPath: string): Promise<void> {
  return new Promise((done, reject) => {
    child.once('spawn', done);
    child.once('error', (error) =>
      reject(
        new ProductError(
          'not-found',
          execPath,
          l10n.t('the runtime cannot be started with this Node program: {0}', error.message),
          l10n.t('Correct its path in the settings, or leave it empty'),
        ),
      ),
    );
  });
}
