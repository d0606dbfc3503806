import { ResponseError } from 'vscode-jsonrpc/node';
import { ProductError } from '../../src/common/errors';
import { PRODUCT_ERROR_NUMBER, type ErrorData } from '../../src/common/protocol/runtimeProtocol';
import { asDiskError } from '../atomicWrite';
import { asMemoryFailure } from '../memoryFailure';
import type { Log } from './notifications';

/** An error as the host gets it. One that nobody foresaw becomes `internal`, and its stack goes to the log. */
export function asResponseError(error: unknown, request: string, log: Log): ResponseError<ErrorData> {
  const typed = asDiskError(asMemoryFailure(error), pathOf(error));
  const known = typed instanceof ProductError ? typed : unforeseen(typed, request, log);
  const { code, where, problem, remedy } = known;
  return new ResponseError<ErrorData>(PRODUCT_ERROR_NUMBER, known.message, { code, where, problem, remedy });
}

function unforeseen(error: unknown, request: string, log: Log): ProductError {
  const text = error instanceof Error ? error : new Error(String(error));
  log('error', `${request}: ${text.stack ?? text.message}`);
  const remedy = 'This is a fault in the program; the log shows where';
  return new ProductError('internal', '', text.message || text.name, remedy);
}

/** The file that an error of the file system is about. */
function pathOf(error: unknown): string {
  const path = (error as Partial<NodeJS.ErrnoException> | undefined)?.path;
  return typeof path === 'string' ? path : '';
}
