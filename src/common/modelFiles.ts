/** A model file that a process has in use, and how long it was when it was opened. */
export interface UsedFile {
  path: string;
  bytes: number;
}

/** What became of a file's length. */
export type LengthChange = 'gone' | 'shorter' | 'longer';

/** A file that is not as long as it was. */
export interface ChangedFile extends UsedFile {
  change: LengthChange;
  /** Its length now. */
  now: number;
}

/**
 * The first file that is not as long as it was. A process that has one mapped dies when it is cut off, and cannot say so itself.
 * @param lengthOf a file's length, undefined when there is no such file
 */
export async function firstChanged(
  files: readonly UsedFile[],
  lengthOf: (path: string) => Promise<number | undefined>,
): Promise<ChangedFile | undefined> {
  for (const file of files) {
    const now = await lengthOf(file.path);
    if (now === file.bytes) continue;
    const change = now === undefined ? 'gone' : now < file.bytes ? 'shorter' : 'longer';
    return { ...file, change, now: now ?? 0 };
  }
  return undefined;
}
