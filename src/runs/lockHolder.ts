import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

/** The process that works on a run, as `lock.json` in its folder says. */
const holder = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, in the system's words: process ids are given again. */
  started: z.string().default(''),
});

/** See `holder`. */
export type LockHolder = Pick<z.infer<typeof holder>, 'pid' | 'host'>;

/** The process that works on a run; undefined when there is none, or it is gone and has left its lock. */
export async function liveLockHolder(folder: string): Promise<LockHolder | undefined> {
  const text = await readFile(join(folder, 'lock.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { pid, host, started } = holder.parse(JSON.parse(text));
    return (await mayLive(pid, host, started)) ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be asked, so they count as living. */
async function mayLive(pid: number, host: string, started: string): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return now === undefined || started === '' || started === now;
}

/**
 * When a process started, in the system's words; undefined where that is not told. Must say the same as the writer of a run's
 * lock, `runLock.ts` of the runtime.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
      return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
