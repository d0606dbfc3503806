import type { Report } from './messages';

let tell: ((message: Report) => void) | undefined;

/** Sets where reports go; without it they go nowhere, as in a program that is not watched. */
export function setReporter(send: (message: Report) => void): void {
  tell = send;
}

/** Tells the process that watches this one something. */
export function report(message: Report): void {
  tell?.(message);
}
