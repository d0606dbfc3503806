import { spawn, type ChildProcess } from 'node:child_process';
import type { UsedFile } from '../../../src/common/modelFiles';
import { SUPERVISED } from './mark';
import { parseReport, stopSignals, type StopNote, type StopSignal } from './messages';

/** How a command's process ended. */
export interface CommandEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** A second request to stop ended it. */
  isIntended: boolean;
  facts: CommandFacts;
}

/** What it told before. */
export interface CommandFacts {
  run?: string;
  model?: string;
  files: readonly UsedFile[];
}

/** How long a command that was asked twice may take to end: a step in native code cannot be interrupted. */
const LAST_MOMENTS_MS = 2000;
/** The channel is empty long before this. */
const LAST_WORDS_MS = 1000;

/**
 * Runs this program again with the same arguments, terminal and settings, and waits for its end.
 * @throws what the system says when it cannot be started
 */
export function runSupervised(args: readonly string[]): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [SUPERVISED]: '1' },
    });
    const watch = new CommandWatch(child);
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      watch.dispose();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      const end = () => resolve(watch.ended(code, signal));
      if (!child.connected) return end();
      // Its last words may still be in the channel.
      child.once('disconnect', end);
      setTimeout(end, LAST_WORDS_MS).unref();
    });
  });
}

/** Passes requests to stop on to a command and keeps what it tells. */
class CommandWatch {
  private readonly facts: CommandFacts = { files: [] };
  private readonly counts: Record<StopSignal, number> = { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 };
  private readonly listeners = stopSignals.map((signal) => [signal, () => this.pass(signal)] as const);
  private stopsByItself = false;
  private presses = 0;
  private isKilled = false;

  constructor(private readonly child: ChildProcess) {
    for (const [signal, listener] of this.listeners) process.on(signal, listener);
    child.on('message', (message) => this.note(message));
  }

  ended(code: number | null, signal: NodeJS.Signals | null): CommandEnd {
    this.dispose();
    return { code, signal, isIntended: this.isKilled && signal === 'SIGKILL', facts: this.facts };
  }

  dispose(): void {
    for (const [signal, listener] of this.listeners) process.off(signal, listener);
  }

  /** A command that takes a signal as a request counts it once, though a terminal sends it to both; any other gets it as it is. */
  private pass(signal: StopSignal): void {
    const note: StopNote = { kind: 'stop', signal, count: ++this.counts[signal] };
    if (this.stopsByItself && this.child.connected) this.child.send(note, () => {});
    else this.child.kill(signal);
    if (++this.presses < 2) return;
    setTimeout(() => {
      this.isKilled = this.child.kill('SIGKILL');
    }, LAST_MOMENTS_MS).unref();
  }

  private note(message: unknown): void {
    const report = parseReport(message);
    if (report?.kind === 'run') this.facts.run = report.folder ?? undefined;
    if (report?.kind === 'model') Object.assign(this.facts, { model: report.path, files: report.files });
    if (report?.kind === 'stops') this.stopsByItself = report.on;
  }
}
