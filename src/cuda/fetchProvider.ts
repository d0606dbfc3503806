import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskProblem } from '../downloads/diskProblem';
import { checkSpace } from '../downloads/downloadFiles';
import { FolderLock } from '../downloads/folderLock';
import { freeSpace } from '../downloads/freeSpace';
import type { HubAccess } from '../downloads/hubRequest';
import { bytesThere, removePart } from '../downloads/partFile';
import { transferFile } from '../downloads/transferFile';
import { l10n } from '../translation';
import { feedFailure, type ProviderPackage } from './providerFeed';

/** Settings of {@link withProvider}. */
export interface FetchOptions {
  access: HubAccess;
  signal: AbortSignal;
  /** Says how many bytes are here. */
  onBytes(received: number): void;
  /** Free bytes where a folder is. */
  freeSpace?: typeof freeSpace;
}

/** Libraries take about this many times the room of the package they come in. */
const UNPACKED = 2;

/**
 * Fetches a package into a folder, goes on where an earlier attempt stopped, checks it, hands it on and removes it.
 * @throws HubFailure; ProductError `disk-full` before anything is fetched or on the way, `conflict` while another window does the
 * same, `cancelled`. What has arrived stays for the next attempt.
 */
export async function withProvider<T>(
  found: ProviderPackage,
  folder: string,
  options: FetchOptions,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const { access, signal, onBytes } = options;
  const target = join(folder, found.file.path);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asDiskProblem(error, folder);
  }
  const lock = await FolderLock.acquire(folder);
  try {
    const needed = found.file.size * (1 + UNPACKED) - (await bytesThere(target));
    const remedy = l10n.t('Free some space and try again; what has arrived is kept');
    checkSpace(needed, await (options.freeSpace ?? freeSpace)(folder), folder, remedy);
    const failure = (response: Response) => feedFailure(response, access, found.version);
    await transferFile({ access, address: found.address, failure, file: found.file, target, signal, onBytes });
    const result = await use(target);
    await rm(target, { force: true });
    await removePart(target);
    return result;
  } finally {
    await lock.release();
  }
}
