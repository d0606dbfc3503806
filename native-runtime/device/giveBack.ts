import { MessageChannel } from 'node:worker_threads';
import type { TypedArray } from '../tensorData';

/**
 * Gives the memory of arrays back at once, and not when the next collection finds them; they are empty afterwards. Sending moves their
 * buffers out of this thread's hands, and the message goes nowhere, since the port is closed.
 */
export function giveBack(arrays: readonly TypedArray[]): void {
  const { port1: closed } = new MessageChannel();
  closed.close();
  closed.postMessage(
    undefined,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
