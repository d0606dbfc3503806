import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProductError } from '../common/errors';
import { l10n } from '../translation';
import { gigabytes } from './amounts';
import { asDiskProblem } from './diskProblem';
import { FolderLock } from './folderLock';
import { freeSpace } from './freeSpace';
import type { HubAccess } from './hubRequest';
import { failureOfStatus } from './hubStatus';
import { bytesThere } from './partFile';
import { totalBytes, type DownloadPlan } from './plan';
import { Staging } from './staging';
import { fileAddress, transferFile } from './transferFile';

/** Space that is left alone: a disk filled to the last byte harms everything else on it. */
const RESERVE = 200e6;

/** Settings of {@link downloadFiles}. */
export interface DownloadOptions {
  access: HubAccess;
  signal: AbortSignal;
  /** Says how many bytes of all files are here. */
  onBytes(received: number): void;
  /** Free bytes where a folder is. */
  freeSpace?: typeof freeSpace;
}

/**
 * Downloads the files of a plan into a folder, which appears when all of them are there and checked. What an earlier attempt
 * left is used.
 * @returns the path of the base model: the folder, or the single file in it
 * @throws ProductError `conflict` when the folder exists or another window downloads into it; `disk-full` before or on the way;
 * HubFailure; `cancelled`. What has arrived stays for the next attempt.
 */
export async function downloadFiles(plan: DownloadPlan, folder: string, options: DownloadOptions): Promise<string> {
  if (existsSync(folder)) throw folderTaken(folder);
  const staging = new Staging(folder);
  try {
    await mkdir(staging.path, { recursive: true });
  } catch (error) {
    throw asDiskProblem(error, staging.path);
  }
  const lock = await FolderLock.acquire(staging.path);
  try {
    // Another window may have finished it meanwhile.
    if (existsSync(folder)) throw folderTaken(folder);
    await staging.prepare(plan);
    await fetchAll(plan, staging, options);
    await staging.finish(plan);
  } catch (error) {
    throw asDiskProblem(error, folder);
  } finally {
    await lock.release();
  }
  return plan.singleFile === undefined ? folder : join(folder, plan.singleFile);
}

/** Removes what an unfinished download left. @throws ProductError `conflict` while it goes on in another window */
export async function discardDownload(folder: string): Promise<void> {
  const { path } = new Staging(folder);
  if (!existsSync(path)) return;
  await FolderLock.acquire(path);
  await rm(path, { recursive: true, force: true });
}

async function fetchAll(plan: DownloadPlan, staging: Staging, options: DownloadOptions): Promise<void> {
  const { access, signal, onBytes } = options;
  const present = await Promise.all(plan.files.map(({ path }) => bytesThere(staging.fileAt(path))));
  const free = await (options.freeSpace ?? freeSpace)(staging.path);
  checkSpace(totalBytes(plan.files) - present.reduce((sum, bytes) => sum + bytes, 0), free, staging.path);
  onBytes(present.reduce((sum, bytes) => sum + bytes, 0));
  for (const [i, file] of plan.files.entries()) {
    const target = staging.fileAt(file.path);
    if (staging.has(file) && present[i] === file.size && existsSync(target)) continue;
    const others = present.reduce((sum, bytes, other) => (other === i ? sum : sum + bytes), 0);
    const { repository, commit } = plan;
    const say = (received: number) => onBytes(others + received);
    const asked = { repository, revision: commit, file: file.path, endpoint: access.endpoint };
    const failure = (response: Response) =>
      failureOfStatus(response, { ...asked, withToken: access.token !== undefined });
    const address = fileAddress(access.endpoint, repository, commit, file.path);
    await transferFile({ access, address, failure, file, target, signal, onBytes: say });
    await staging.markVerified(file);
    present[i] = file.size;
    say(file.size);
  }
}

/** @throws ProductError `disk-full` when so many bytes do not fit into a folder */
export function checkSpace(
  needed: number,
  free: number | undefined,
  folder: string,
  remedy = l10n.t('Free some space, or choose a folder on another disk in customDiffusion.models.downloadFolder'),
): void {
  if (free === undefined || free >= needed + RESERVE) return;
  throw new ProductError(
    'disk-full',
    folder,
    l10n.t('{0} are still to come, but only {1} are free', gigabytes(needed), gigabytes(free)),
    remedy,
  );
}

function folderTaken(folder: string): ProductError {
  return new ProductError(
    'conflict',
    folder,
    l10n.t('this folder is there already'),
    l10n.t('Use it, or rename or delete it first'),
  );
}
