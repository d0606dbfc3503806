import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How much a cache folder may hold. */
export interface CacheLimits {
  files: number;
  bytes: number;
  /** Younger files stay whatever there is: they are being shown. */
  minAgeMs: number;
}

/** Some thousand thumbnails. */
export const cacheLimits: CacheLimits = { files: 8000, bytes: 512 << 20, minAgeMs: 3_600_000 };

/** Names that only the product gives: the folder may be one that holds other files as well. */
const ours = /^(view-|seen-)?[0-9a-f]{32}\.(webp|png)$/;

/** Removes the oldest thumbnails and previews of a cache folder until the rest keeps within limits. Never throws. */
export async function trimCache(folder: string, limits: CacheLimits = cacheLimits, now = Date.now()): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: { path: string; bytes: number; time: number }[] = [];
  for (const name of names) {
    if (!ours.test(name.slice(name.search(/[^\\/]*$/)))) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) files.push({ path, bytes: found.size, time: found.mtimeMs });
  }
  files.sort((a, b) => b.time - a.time);
  let kept = 0;
  for (const [i, { path, bytes, time }] of files.entries()) {
    kept += bytes;
    const isTooMuch = i >= limits.files || kept > limits.bytes;
    if (isTooMuch && now - time > limits.minAgeMs) await rm(path, { force: true }).catch(() => {});
  }
}
