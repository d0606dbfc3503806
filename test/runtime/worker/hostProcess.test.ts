import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { bundleForHost, removeBundles, type HostTask } from '../../support/hostProcess';
import { eventually, isRunning, standInProgram } from '../../support/standIn';

let host: string;
let runtime: string;

beforeAll(async () => {
  host = await bundleForHost('test/support/hostProcess.ts');
  runtime = await bundleForHost('native-runtime/entry/runtime.ts');
});
afterAll(removeBundles);

/** Starts a host in a process of its own. @returns it and the process of its runtime */
async function startHost(task: HostTask): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn(process.execPath, [host, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, pid: Number(String(line).trim()) };
}
const programs = [
  ['a stand-in', () => standInProgram],
  ['the runtime', () => runtime],
] as const;

it.each(programs)('F5 %s ends when its host is killed', async (_, program) => {
  const { child, pid } = await startHost({ program: program(), then: 'wait' });
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await eventually(() => !isRunning(pid));
});

it.each(programs)('a host that disposed of its supervisor can end, and %s is gone', async (_, program) => {
  const { child, pid } = await startHost({ program: program(), then: 'dispose' });
  const [status] = (await once(child, 'exit')) as [number];
  expect(status).toBe(0);
  await eventually(() => !isRunning(pid));
});
