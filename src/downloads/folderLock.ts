import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ProductError } from '../common/errors';
import { liveLockHolder, startOf } from '../runs/lockHolder';
import { l10n } from '../translation';

/** The right to download into a folder, held by one window at a time; in the form of a run's lock. */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /** Takes the lock; one left by a process that is gone is replaced. @throws ProductError `conflict` while another has it */
  static async acquire(folder: string): Promise<FolderLock> {
    const path = join(folder, 'lock.json');
    const id = randomBytes(8).toString('hex');
    const started = (await startOf(process.pid)) ?? '';
    const content = JSON.stringify({ pid: process.pid, host: hostname(), started, id });
    const draft = `${path}.${id}.tmp`;
    try {
      await writeFile(draft, content, { flag: 'wx' });
      // Linking fails when the name is taken, and a link is never seen half written.
      while (!(await linked(draft, path))) await moveDeadLockAway(folder, path);
    } finally {
      await rm(draft, { force: true });
    }
    return new FolderLock(path, content);
  }

  /** Gives the folder back. A lock that is no longer ours stays. */
  async release(): Promise<void> {
    const now = await readFile(this.path, 'utf8').catch(() => '');
    if (now === this.content) await rm(this.path, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function moveDeadLockAway(folder: string, path: string): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  if (seen === undefined) return;
  const holder = await liveLockHolder(folder);
  if (holder)
    throw new ProductError(
      'conflict',
      folder,
      l10n.t('process {0} on {1} is downloading into this folder', holder.pid, holder.host),
      l10n.t('Wait until it is done; if it is gone for certain, delete {0}', path),
    );
  const aside = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, 'utf8').catch(() => undefined);
  // Another window replaced the dead lock between our look and our move: its own goes back.
  if (moved !== undefined && moved !== seen) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}
