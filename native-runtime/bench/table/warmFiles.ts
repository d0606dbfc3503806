import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads a model's files once, so that neither tool is the one that waits for the disk. */
export async function warmFiles(base: string): Promise<void> {
  const isFolder = (await stat(base)).isDirectory();
  const files = isFolder
    ? (await readdir(base, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [base];
  for (const file of files) for await (const _ of createReadStream(file, { highWaterMark: 1 << 22 })) void _;
}
