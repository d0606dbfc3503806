/** How patient a download is, in milliseconds. */
export interface Pace {
  /** A connection that brings nothing for so long is given up. */
  idleMs: number;
  /** The wait after the first failure; each further one doubles it. */
  firstWaitMs: number;
  longestWaitMs: number;
  /** A server that wants to be left alone for longer than this is not waited for. */
  longestRetryAfterMs: number;
  /** Failures in a row, without a byte between them, after which it is over. */
  attempts: number;
}

/** For transfers of gigabytes over connections that come and go. */
export const patient: Pace = {
  idleMs: 30_000,
  firstWaitMs: 1000,
  longestWaitMs: 30_000,
  longestRetryAfterMs: 120_000,
  attempts: 6,
};
