import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ProductError } from '../../src/common/errors';
import { asDiskError } from '../atomicWrite';

/** Who holds a run folder. */
interface LockHolder {
  pid: number;
  host: string;
  /** When the process started, as the system tells it; a process id alone may have been given to another. */
  started: string;
}

/** The right to write into a run folder, held by one process at a time. */
export class RunLock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /**
   * Takes the lock of a folder. A lock left behind by a process that is gone is replaced.
   * @throws ProductError `conflict` when another process holds it.
   */
  static async acquire(folder: string): Promise<RunLock> {
    const path = join(folder, 'lock.json');
    const holder = {
      pid: process.pid,
      host: hostname(),
      started: (await startOf(process.pid)) ?? '',
      id: randomBytes(8).toString('hex'),
    };
    const content = JSON.stringify(holder);
    const draft = `${path}.${holder.id}.tmp`;
    try {
      await writeFile(draft, content, { flag: 'wx' });
      // Linking fails when the name is taken, and a link is never seen half written.
      while (!(await linked(draft, path))) await removeStale(path, folder);
    } catch (error) {
      throw asDiskError(error, folder);
    } finally {
      await rm(draft, { force: true });
    }
    return new RunLock(path, content);
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

/** Moves a dead process's lock out of the way. @throws ProductError `conflict` when its holder lives. */
async function removeStale(path: string, folder: string): Promise<void> {
  const content = await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const holder = parseHolder(content);
  if (holder && (await mayLive(holder)))
    throw new ProductError(
      'conflict',
      folder,
      `this run is in use by process ${holder.pid} on ${holder.host}`,
      `Wait until it ends; if it is gone for certain, delete ${path}`,
    );
  const aside = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, 'utf8').catch(() => undefined);
  // Someone else replaced the dead lock between our look and our move: theirs goes back.
  if (moved !== undefined && moved !== content) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

function parseHolder(content: string): LockHolder | undefined {
  try {
    const { pid, host, started } = JSON.parse(content) as Partial<LockHolder>;
    return Number.isInteger(pid) && typeof host === 'string'
      ? { pid: pid!, host, started: String(started ?? '') }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the holder may still be there. Processes on other machines cannot be asked. */
async function mayLive({ pid, host, started }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return now === undefined || started === '' || now === started;
}

/** When a process started: boot and clock ticks on Linux, the date elsewhere; undefined where that is not told. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
      // The name before the last bracket may hold spaces; the start is the 22nd field, the 20th after it.
      return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
