import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  type CancellationTokenSource,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { afterAll, beforeAll } from 'vitest';
import {
  errorData,
  runtimeNotifications,
  runtimeRequests,
  type ErrorData,
  type NotificationName,
  type NotificationParams,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '../../src/common/protocol/runtimeProtocol';

/** A notification as it arrived. */
export type Received = {
  [N in NotificationName]: { name: N; params: NotificationParams<N>; at: number };
}[NotificationName];

/** The real runtime as a forked process, spoken to over its real channel. */
export class RuntimeProcess {
  readonly received: Received[] = [];
  readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly ended: Promise<number | null>;
  private readonly listeners = new Set<() => void>();

  constructor(program: string, env: NodeJS.ProcessEnv = process.env) {
    this.child = fork(program, [], {
      env,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stderr!.on('data', () => {});
    this.child.stdout!.on('data', () => {});
    this.ended = new Promise((resolve) => this.child.on('exit', (code) => resolve(code)));
    this.connection = createMessageConnection(new IPCMessageReader(this.child), new IPCMessageWriter(this.child));
    for (const name of Object.keys(runtimeNotifications) as NotificationName[])
      this.connection.onNotification(name, (params: unknown) => {
        const checked = runtimeNotifications[name].parse(params);
        this.received.push({ name, params: checked, at: performance.now() } as Received);
        this.listeners.forEach((listener) => listener());
      });
    this.connection.listen();
  }

  /** Sends a request; the answer must fit the protocol. An error answer becomes its data, thrown. */
  async request<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
    cancellation?: CancellationTokenSource,
  ): Promise<RequestResult<N>> {
    try {
      const result: unknown = await this.connection.sendRequest(
        name,
        params,
        ...(cancellation ? [cancellation.token] : []),
      );
      return runtimeRequests[name].result.parse(result) as RequestResult<N>;
    } catch (error) {
      if (error instanceof ResponseError && error.data) throw errorData.parse(error.data);
      throw error;
    }
  }

  /** The error that a request is answered with. */
  async refusal<N extends RequestName>(name: N, params: unknown): Promise<ErrorData> {
    const outcome = await this.request(name, params as RequestParams<N>).catch((error: unknown) => error);
    return errorData.parse(outcome);
  }

  /** The updates of a job so far. */
  updates<N extends 'train/update' | 'sample/update'>(name: N, job: string): NotificationParams<N>['update'][] {
    return this.received.flatMap((r) => (r.name === name && r.params.job === job ? [r.params.update] : []));
  }

  /** Waits until something has been received. */
  until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!isThere()) return;
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      void this.ended.then(() => reject(new Error('the runtime ended')));
      look();
    });
  }

  /** Closes the channel, as the death of the host does, and waits for the end of the process. @returns its status */
  async disconnect(): Promise<number | null> {
    this.connection.dispose();
    if (this.child.connected) this.child.disconnect();
    return this.ended;
  }
}

/**
 * Bundles the runtime before the tests of a file, and starts one process for them; both go after them.
 * @param env asked when the process starts
 */
export function runtimeProcess(env = () => process.env): { program: string; current: RuntimeProcess } {
  const folder = join(__dirname, '../../artifacts', `runtime-test-${process.pid}`);
  const program = join(folder, 'runtime.js');
  const holder = { program, current: undefined as unknown as RuntimeProcess };
  beforeAll(async () => {
    await build({
      entryPoints: [join(__dirname, '../../native-runtime/entry/runtime.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['onnxruntime-node', 'sharp'],
      logLevel: 'silent',
    });
    holder.current = new RuntimeProcess(program, env());
  }, 120_000);
  afterAll(async () => {
    await holder.current?.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);
  return holder;
}
