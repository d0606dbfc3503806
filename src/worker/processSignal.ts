import { execFile, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** Whether a process has not ended yet. */
export function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Asks a process to end (SIGTERM) or ends it (SIGKILL). Windows knows only the second, for the process and what it started. */
export function sendSignal(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (!isAlive(child)) return;
  if (process.platform !== 'win32') {
    child.kill(signal);
    return;
  }
  const taskkill = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  execFile(taskkill, ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true }, (error) => {
    if (error && isAlive(child)) child.kill(signal);
  });
}
