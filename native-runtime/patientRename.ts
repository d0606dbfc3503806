import { rename } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** The file system's part in a patient rename. */
export interface RenameSteps {
  rename(from: string, to: string): Promise<void>;
  /** Waits so many milliseconds. */
  pause(milliseconds: number): Promise<unknown>;
}

/** Together over a second: longer than a virus scanner holds a small file. */
const pauses = [10, 30, 100, 300, 800];

/** What Windows answers while another program has a file open. */
const passing = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Renames a file or folder. On Windows a virus scanner, indexer or backup may hold it for a moment, so it is tried again
 * after growing pauses; then the last error is thrown.
 */
export async function patientRename(
  from: string,
  to: string,
  steps: RenameSteps = { rename, pause: (milliseconds) => pause(milliseconds) },
): Promise<void> {
  for (const wait of pauses) {
    try {
      return await steps.rename(from, to);
    } catch (error) {
      if (!passing.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await steps.pause(wait);
  }
  await steps.rename(from, to);
}
