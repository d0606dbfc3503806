import { statSync } from 'node:fs';

/** What the system says of a file; cheap to ask, and never the same after the file was replaced or written to. */
export interface FileStamp {
  /** Bytes. */
  size: number;
  /** Times of the last change of content and of anything, in milliseconds. */
  modified: number;
  changed: number;
  /** Device and number of the file; links are followed. */
  place: string;
}

/** The stamp of a file; undefined when there is none. */
export function fileStamp(path: string): FileStamp | undefined {
  const info = statSync(path, { throwIfNoEntry: false });
  return info && { size: info.size, modified: info.mtimeMs, changed: info.ctimeMs, place: `${info.dev}:${info.ino}` };
}

/** Whether nothing happened to a file between two stamps. */
export function sameStamp(a: FileStamp | undefined, b: FileStamp | undefined): boolean {
  if (!a || !b) return a === b;
  return a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.place === b.place;
}
