import type { ChildProcess } from 'node:child_process';
import {
  AbstractMessageReader,
  createMessageConnection,
  IPCMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  type MessageReader,
} from 'vscode-jsonrpc/node';
import * as z from 'zod';
import type { RuntimeLog } from './runtimeLog';

const id = z.union([z.number(), z.string()]);

/** What may come through the channel at all. The library throws into the event loop on some messages outside of this. */
const envelope = z.union([
  z.object({ jsonrpc: z.literal('2.0'), method: z.string().regex(/^(?!\$\/)/), id: id.optional() }),
  z.object({ jsonrpc: z.literal('2.0'), id, result: z.unknown().optional() }).refine((m) => m.result !== undefined),
  z.object({
    jsonrpc: z.literal('2.0'),
    id,
    error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

/** Reads messages from a forked process and drops what is no message. */
class CheckedReader extends AbstractMessageReader implements MessageReader {
  /** Messages handed on. */
  delivered = 0;

  constructor(
    private readonly child: ChildProcess,
    private readonly log: RuntimeLog,
  ) {
    super();
  }

  override listen(callback: DataCallback): Disposable {
    const onMessage = (message: unknown) => {
      if (!envelope.safeParse(message).success) {
        this.log.warn('The runtime sent something that is no message; it was dropped');
        return;
      }
      this.delivered++;
      callback(message as Message);
    };
    this.child.on('message', onMessage);
    return { dispose: () => void this.child.off('message', onMessage) };
  }
}

/** A JSON-RPC connection to a forked process that also tells when everything received has been handled. */
export interface RuntimeConnection {
  connection: MessageConnection;
  /** Resolves when no received message waits any more: the last words of a process come before its end. */
  drained(): Promise<void>;
}

/** Connects to a forked process. The caller listens, and disposes when the process ends. */
export function connectToRuntime(child: ChildProcess, log: RuntimeLog): RuntimeConnection {
  const reader = new CheckedReader(child, log);
  let handled = 0;
  const connection = createMessageConnection(
    reader,
    new IPCMessageWriter(child),
    { error: (m) => log.error(m), warn: (m) => log.warn(m), info: (m) => log.info(m), log: (m) => log.debug(m) },
    {
      messageStrategy: {
        handleMessage: (message, next) => {
          handled++;
          return next(message);
        },
      },
    },
  );
  connection.onError(([error]) => log.warn(`The channel to the runtime: ${error.message}`));
  const drained = async () => {
    // Answers to the same id replace each other in the library's queue, so the numbers may never meet: no progress ends the wait.
    for (let before = -1, idle = 0; handled < reader.delivered && idle < 20; before = handled) {
      idle = handled === before ? idle + 1 : 0;
      await new Promise((done) => setImmediate(done));
    }
  };
  return { connection, drained };
}
