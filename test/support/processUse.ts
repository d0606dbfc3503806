import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process holds of the machine; Linux tells it of every process. */
export interface ProcessUse {
  /** Bytes in memory that no file backs. */
  anonymous: number;
  /** Bytes in memory, mapped files included. */
  resident: number;
  /** The most that it ever had in memory. */
  peak: number;
  /** What its file descriptors are open on; pipes and sockets without their numbers. */
  handles: string[];
  /** Their names. */
  threads: string[];
  /** Processes it started and that are there. */
  children: number;
}

/** Looks at a process. */
export function processUse(pid: number): ProcessUse {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return {
    anonymous: bytes('RssAnon'),
    resident: bytes('VmRSS'),
    peak: bytes('VmHWM'),
    handles: handlesOf(pid),
    threads: readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim())
      .sort(),
    children: childrenOf(pid).length,
  };
}

function handlesOf(pid: number): string[] {
  const targets = readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`).replace(/\d+/g, '')];
    } catch {
      // The one that the listing itself was read through.
      return [];
    }
  });
  return targets.sort();
}

/** The processes that a process started and that are there. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
