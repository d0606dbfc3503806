import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { liveLockHolder } from '../runs/lockHolder';
import { bytesThere } from './partFile';
import { totalBytes, type DownloadPlan } from './plan';
import { readPlan, Staging, STAGING_SUFFIX } from './staging';

/** A download that was begun and not finished. */
export interface UnfinishedDownload {
  /** Where it would go. */
  folder: string;
  name: string;
  plan: DownloadPlan;
  received: number;
  total: number;
  /** Whether a window works on it. */
  running: boolean;
}

/** The downloads below a folder that were begun and not finished. */
export async function unfinishedDownloads(root: string): Promise<UnfinishedDownload[]> {
  const owners = await foldersIn(root);
  const found = await Promise.all(
    owners.map(async (owner) => {
      const names = (await foldersIn(join(root, owner))).filter((name) => name.endsWith(STAGING_SUFFIX));
      return Promise.all(names.map((name) => look(join(root, owner, name.slice(0, -STAGING_SUFFIX.length)))));
    }),
  );
  return found.flat().filter((one) => one !== undefined);
}

/** Bytes of a plan's files that an unfinished download into a folder has left. */
export async function bytesPresent(folder: string, plan: DownloadPlan): Promise<number> {
  const staging = new Staging(folder);
  const present = await Promise.all(plan.files.map(({ path }) => bytesThere(staging.fileAt(path))));
  return present.reduce((sum, bytes) => sum + bytes, 0);
}

async function look(folder: string): Promise<UnfinishedDownload | undefined> {
  const staging = new Staging(folder);
  const plan = await readPlan(join(staging.path, 'plan.json'));
  if (!plan) return undefined;
  const running = (await liveLockHolder(staging.path)) !== undefined;
  const received = await bytesPresent(folder, plan);
  return { folder, name: basename(folder), plan, received, total: totalBytes(plan.files), running };
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
