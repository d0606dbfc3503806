import { resolve } from 'node:path';
import type { RuntimeLog } from '../../src/worker/runtimeLog';

/** A program that speaks the runtime's protocol and misbehaves on request. */
export const standInProgram = resolve('test/support/standInRuntime.mjs');

/** How the stand-in behaves from its start. */
export interface StandInOrders {
  handshake?: 'silent' | 'version' | 'refuse' | 'garbage';
  /** Written to stderr before anything else. */
  print?: string;
  exitAtOnce?: number;
  ignoreSigterm?: boolean;
  stayAfterDisconnect?: boolean;
  /** The configuration of resumed runs. */
  resume?: Record<string, unknown>;
}

/** An environment that carries orders to the stand-in. */
export function standInEnvironment(orders: StandInOrders = {}): NodeJS.ProcessEnv {
  return { ...process.env, STAND_IN: JSON.stringify(orders) };
}

/** A log that keeps its lines, `level: message`. */
export function recordingLog(): RuntimeLog & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** Whether a process exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a condition holds. */
export async function eventually(condition: () => boolean, limitMs = 30_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 10));
  }
}
