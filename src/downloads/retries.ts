import { setTimeout as pause } from 'node:timers/promises';
import { l10n } from '../translation';
import { cancelled } from '../worker/errors';
import { HubFailure } from './hubFailure';
import type { Pace } from './pace';

/** Failures in a row of one piece of work, and the growing waits between them. */
export class Retries {
  private failures = 0;

  constructor(
    private readonly pace: Pace,
    private readonly signal: AbortSignal,
  ) {}

  /** Bytes came in: what failed before no longer counts. */
  progress(): void {
    this.failures = 0;
  }

  /** Waits before the next attempt. @throws the failure itself when it is no use, or was tried often enough */
  async after(error: unknown): Promise<void> {
    if (this.signal.aborted) throw cancelled(l10n.t('the download'));
    if (!(error instanceof HubFailure) || !error.passing) throw error;
    const { attempts, longestRetryAfterMs } = this.pace;
    if (++this.failures >= attempts || (error.retryAfterMs ?? 0) > longestRetryAfterMs) throw error;
    await this.wait(Math.max(error.retryAfterMs ?? 0, this.growingWait()));
  }

  private growingWait(): number {
    const { firstWaitMs, longestWaitMs } = this.pace;
    return Math.min(longestWaitMs, firstWaitMs * 2 ** (this.failures - 1));
  }

  private async wait(milliseconds: number): Promise<void> {
    try {
      await pause(milliseconds, undefined, { signal: this.signal });
    } catch {
      throw cancelled(l10n.t('the download'));
    }
  }
}

/** Does some work again while it fails in ways that pass. */
export async function withRetries<T>(pace: Pace, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const retries = new Retries(pace, signal);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      await retries.after(error);
    }
  }
}

/** The wait in a `Retry-After` header: seconds, or a date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
