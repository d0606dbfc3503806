import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { writeFileSafely } from '../runs/writeFileSafely';
import { downloadPlan, type DownloadPlan, type PlannedFile } from './plan';

/** What the manifest of a finished download is called; it is the last file written into it. */
export const MANIFEST = 'custom-diffusion-download.json';

/** Added to a folder's name while its download is not finished. */
export const STAGING_SUFFIX = '.download';

/** A virus scanner may hold a folder of new files for a moment. */
const renamePauses = [50, 200, 800, 2000];

/**
 * The folder beside a finished download's, in which it grows: `plan.json`, `verified.json`, `lock.json`, and `files/`, which
 * becomes the finished folder. So a base model's folder is complete or not there.
 */
export class Staging {
  readonly path: string;
  private verified = new Map<string, string>();

  constructor(
    /** Where the finished download goes. */
    readonly folder: string,
  ) {
    this.path = folder + STAGING_SUFFIX;
  }

  /** The path of a file on its way. */
  fileAt(file: string): string {
    return join(this.path, 'files', ...file.split('/'));
  }

  /** Makes the folder ready for a plan: files of another one go. The lock must be held. */
  async prepare(plan: DownloadPlan): Promise<void> {
    const wanted = new Set(plan.files.map(({ path }) => path));
    for (const found of await filesBelow(join(this.path, 'files')))
      if (!wanted.has(found.replace(/\.part(\.json)?$/, ''))) await rm(this.fileAt(found), { force: true });
    this.verified = await readVerified(this.path);
    await writeFileSafely(join(this.path, 'plan.json'), JSON.stringify(plan, null, 2));
    for (const { path } of plan.files) await mkdir(join(this.path, 'files', posix.dirname(path)), { recursive: true });
  }

  /** Whether a file was fetched and checked before. */
  has({ path, digest }: PlannedFile): boolean {
    return this.verified.get(path) === digest.value;
  }

  async markVerified({ path, digest }: PlannedFile): Promise<void> {
    this.verified.set(path, digest.value);
    // What is lost of this is checked again.
    await writeFile(join(this.path, 'verified.json'), JSON.stringify(Object.fromEntries(this.verified)));
  }

  /** Writes the manifest and gives the folder its name. */
  async finish(plan: DownloadPlan): Promise<void> {
    await Promise.all(plan.files.map(({ path }) => writeThrough(this.fileAt(path))));
    await writeFileSafely(join(this.path, 'files', MANIFEST), `${JSON.stringify(plan, null, 2)}\n`);
    await renamePatiently(join(this.path, 'files'), this.folder);
    await rm(this.path, { recursive: true, force: true });
  }
}

/** The plan of an unfinished download, or of a finished one; undefined when there is none that can be read. */
export async function readPlan(path: string): Promise<DownloadPlan | undefined> {
  try {
    return downloadPlan.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function writeThrough(path: string): Promise<void> {
  // Windows writes through only what is open for writing.
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

async function readVerified(folder: string): Promise<Map<string, string>> {
  try {
    const text = await readFile(join(folder, 'verified.json'), 'utf8');
    return new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text))));
  } catch {
    return new Map();
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

async function renamePatiently(from: string, to: string): Promise<void> {
  for (const wait of renamePauses) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await pause(wait);
  }
  await rename(from, to);
}
