/** What went wrong, for programs; the message says it for people. */
export type ErrorCode =
  | 'bad-input'
  | 'bad-config'
  | 'bad-file'
  | 'bad-image'
  | 'bad-model'
  | 'bad-token'
  | 'unsupported-model'
  | 'not-found'
  | 'conflict'
  | 'disk-full'
  | 'out-of-memory'
  | 'not-finite'
  | 'cancelled'
  | 'device'
  | 'device-lost'
  | 'network'
  | 'internal';

/**
 * An error a user can act on: one sentence on what is wrong, the offending file or field, and the remedy.
 * Everything thrown on purpose in the product is one of these.
 */
export class ProductError extends Error {
  constructor(
    readonly code: ErrorCode,
    /** The file path or config field at fault, as the user wrote it; empty when there is none. */
    readonly where: string,
    readonly problem: string,
    readonly remedy: string = '',
  ) {
    super([where ? `${where}: ${problem}` : problem, remedy].filter(Boolean).join('. '));
    this.name = 'ProductError';
  }
}

/** Bad input gets exit status 2 on the command line; everything else that fails gets 1. */
export function exitStatus(error: unknown): number {
  const internal: ErrorCode[] = [
    'internal',
    'device',
    'device-lost',
    'network',
    'out-of-memory',
    'disk-full',
    'not-finite',
    'cancelled',
  ];
  return error instanceof ProductError && !internal.includes(error.code) ? 2 : 1;
}
