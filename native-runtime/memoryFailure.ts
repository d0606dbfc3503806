import { ProductError } from '../src/common/errors';

/** Node's and C++'s words for memory that could not be had. */
const noMemory =
  /^(?:Array buffer allocation failed|std::bad_alloc|Cannot create a Buffer larger|Invalid string length)/;

/** Turns an error that JavaScript or a native part throws for want of memory into one that says so; returns everything else unchanged. */
export function asMemoryFailure(error: unknown): unknown {
  if (error instanceof ProductError || !(error instanceof Error) || !noMemory.test(error.message)) return error;
  return new ProductError('out-of-memory', '', error.message, 'Use fewer rows or a lower resolution');
}
