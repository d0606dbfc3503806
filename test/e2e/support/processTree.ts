import { readFileSync, readdirSync } from 'node:fs';

/** A running process: its id, its parent's, and its command line. */
export interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
}

/** All processes below `root`, parents before children. Reads `/proc`, so it works on Linux only. */
export function descendants(root: number): ProcessInfo[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
  const found: ProcessInfo[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const level = all.filter((process) => parents.has(process.parent));
    found.push(...level);
    parents = new Set(level.map((process) => process.pid));
  }
  return found;
}

/** Ends a process and everything below it: asked first, then forced. Returns when all of them are gone. */
export async function endTree(root: number, patience = 5000): Promise<void> {
  // The list is taken first: once the root is gone, its children belong to init and can no longer be found.
  const pids = [root, ...descendants(root).map((process) => process.pid)];
  for (const pid of pids) signal(pid, 'SIGTERM');
  if (await gone(pids, patience)) return;
  for (const pid of pids) signal(pid, 'SIGKILL');
  await gone(pids, patience);
}

/** Kills a process and everything below it at once, for the moment this process itself ends. */
export function killTree(root: number): void {
  const pids = [root, ...descendants(root).map((process) => process.pid)];
  for (const pid of pids) signal(pid, 'SIGKILL');
}

/** Whether a process runs; one that has ended but was not yet collected by its parent does not. */
export function isRunning(pid: number): boolean {
  const [info] = readProcess(pid);
  return info !== undefined;
}

async function gone(pids: number[], patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (pids.some(isRunning)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

function readProcess(pid: number): ProcessInfo[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; state and parent follow it.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return [{ pid, parent: Number(parent), command }];
  } catch {
    return [];
  }
}
