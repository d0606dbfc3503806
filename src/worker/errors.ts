import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { ProductError, type ErrorCode } from '../common/errors';
import { errorData, type ErrorData } from '../common/protocol/runtimeProtocol';
import { l10n } from '../translation';
import { describeExit, type RuntimeExit } from './exitWords';

/** The runtime process ended; requests that were under way reject with it. */
export class RuntimeExited extends ProductError {
  constructor(readonly exit: RuntimeExit) {
    const { code, where = '', problem, remedy } = describeExit(exit);
    super(code, where, problem, remedy);
    this.name = 'RuntimeExited';
  }
}

/** Something cannot start because the same thing is under way. */
export class RuntimeBusy extends ProductError {
  constructor(where: string, problem: string, remedy = l10n.t('Wait until it ends, or stop it')) {
    super('conflict', where, problem, remedy);
    this.name = 'RuntimeBusy';
  }
}

/** JSON-RPC's number for a request that its caller cancelled. */
const REQUEST_CANCELLED = -32800;

const knownCodes: Readonly<Record<ErrorCode, true>> = {
  'bad-input': true,
  'bad-config': true,
  'bad-file': true,
  'bad-image': true,
  'bad-model': true,
  'bad-token': true,
  'unsupported-model': true,
  'not-found': true,
  conflict: true,
  'disk-full': true,
  'out-of-memory': true,
  'not-finite': true,
  cancelled: true,
  device: true,
  'device-lost': true,
  network: true,
  internal: true,
};

/** The error of something that the user ended. */
export function cancelled(what: string): ProductError {
  return new ProductError('cancelled', '', l10n.t('{0} was cancelled', what));
}

/** Whether an error only says that the user ended something; such errors are not shown. */
export function isCancelled(error: unknown): boolean {
  return error instanceof ProductError && error.code === 'cancelled';
}

/** Puts a ProductError together again from what the runtime sent. */
export function productErrorOf({ code, where, problem, remedy }: ErrorData): ProductError {
  const known = Object.hasOwn(knownCodes, code) ? (code as ErrorCode) : 'internal';
  return new ProductError(known, where, problem, remedy);
}

/** Takes any error apart, for messages to webviews and files. */
export function errorDataOf(error: unknown): ErrorData {
  if (error instanceof ProductError) {
    const { code, where, problem, remedy } = error;
    return { code, where, problem, remedy };
  }
  const problem = error instanceof Error ? error.message : String(error);
  return { code: 'internal', where: '', problem, remedy: '' };
}

/** Turns the rejection of a JSON-RPC request into the error that its caller gets. */
export function requestError(error: unknown, request: string): ProductError {
  if (error instanceof ProductError) return error;
  if (!(error instanceof ResponseError)) return new ProductError('internal', request, errorDataOf(error).problem);
  const data = errorData.safeParse(error.data);
  if (data.success) return productErrorOf(data.data);
  if (error.code === REQUEST_CANCELLED) return cancelled(request);
  if (error.code === ErrorCodes.MethodNotFound)
    return new ProductError(
      'internal',
      request,
      l10n.t('the runtime does not know this request'),
      l10n.t('Reinstall the extension'),
    );
  return new ProductError('internal', request, error.message);
}
