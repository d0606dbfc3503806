import { resolve } from 'node:path';
import * as z from 'zod';

/** Where something is kept between sessions; the editor's memory of a workspace is one. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'customDiffusion.runs.folders';
const mostFolders = 50;
const folderList = z.array(z.string().min(1).max(4096)).max(mostFolders);

/** Folders of runs that configurations named; they are looked into again in later sessions. A folder that is gone holds no runs. */
export class RememberedFolders {
  constructor(private readonly memory: Memory) {}

  /** Absolute paths, the last remembered last. */
  get all(): readonly string[] {
    return folderList.safeParse(this.memory.get(KEY)).data ?? [];
  }

  /** Remembers a folder; the oldest makes room when there are too many. */
  add(folder: string): void {
    const path = resolve(folder);
    const before = this.all;
    if (before.includes(path)) return;
    void this.memory.update(KEY, [...before, path].slice(-mostFolders));
  }
}
