import { ParameterStructures, RequestType, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import { schemaProblems } from '../../src/common/config/schemaProblems';
import { ProductError } from '../../src/common/errors';
import {
  runtimeRequests,
  type CheckedParams,
  type ErrorData,
  type RequestName,
  type RequestResult,
} from '../../src/common/protocol/runtimeProtocol';
import { asResponseError } from './responseError';
import type { Log } from './notifications';

/** How every request is answered; the signal fires when the host takes the request back. */
export type Handlers = {
  [N in RequestName]: (params: CheckedParams<N>, signal: AbortSignal) => Promise<RequestResult<N>>;
};

/** The handlers of some requests, those that belong together. */
export type HandlerGroup<N extends RequestName> = Pick<Handlers, N>;

/** Answers the requests of a connection: checks what arrives, runs the handler, and turns what it throws into typed errors. */
export function answerRequests(connection: MessageConnection, handlers: Handlers, log: Log): void {
  for (const name of Object.keys(runtimeRequests) as RequestName[]) answer(connection, name, handlers[name], log);
}

function answer<N extends RequestName>(connection: MessageConnection, name: N, handler: Handlers[N], log: Log): void {
  const type = new RequestType<unknown, unknown, ErrorData>(name, ParameterStructures.byName);
  connection.onRequest(type, async (params, token) => {
    const { signal, dispose } = signalOf(token);
    try {
      return await handler(checked(name, params), signal);
    } catch (error) {
      throw asResponseError(error, name, log);
    } finally {
      dispose();
    }
  });
}

/** @throws ProductError `bad-input` naming the field that does not fit the protocol. */
function checked<N extends RequestName>(name: N, params: unknown): CheckedParams<N> {
  const schema = runtimeRequests[name].params;
  const result = schema.safeParse(params);
  if (result.success) return result.data as CheckedParams<N>;
  const [first] = schemaProblems(schema, params);
  throw new ProductError(
    'bad-input',
    first?.path || name,
    first?.problem ?? 'does not fit the protocol',
    first?.remedy,
  );
}

function signalOf(token: CancellationToken): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => listener.dispose() };
}
