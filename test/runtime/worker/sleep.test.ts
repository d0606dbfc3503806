import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { bundleForHost, removeBundles } from '../../support/hostProcess';
import type { SleepReport, SleepTask } from '../../support/sleepingHost';
import { eventually } from '../../support/standIn';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
afterAll(removeBundles);

const limitMs = 2000;
const task: Omit<SleepTask, 'program'> = {
  folder,
  limitMs,
  config: {
    base: 'pocket',
    output: 'runs',
    name: 'sleep',
    concepts: [{ folder: resolve('media/concepts/mochi-cat'), classNoun: 'cat', prior: { kind: 'none' } }],
    resolution: 64,
    steps: 100,
    instanceRows: 1,
    latentPool: 1,
    sample: { every: 0 },
    threads: 1,
  },
};

it.skipIf(process.platform === 'win32')(
  'F23 a machine that sleeps longer than every limit finds its run as it was',
  async () => {
    const program = await bundleForHost('native-runtime/entry/runtime.ts');
    const host = await bundleForHost('test/support/sleepingHost.ts');
    const taskFile = join(folder, 'task.json');
    writeFileSync(taskFile, JSON.stringify({ ...task, program }));
    const child = spawn(process.execPath, [host, taskFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += String(text)));
    const ended = new Promise((done) => child.once('exit', done));
    await eventually(() => output.includes('\n'), 300_000);
    const processes = [child.pid!, Number.parseInt(output, 10)];
    // As a laptop does: everything stands still at once, while time goes on.
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    await pause(3 * limitMs);
    for (const pid of processes.reverse()) process.kill(pid, 'SIGCONT');
    await ended;

    const report = JSON.parse(output.trim().split('\n').at(-1)!) as SleepReport;
    expect(report).toMatchObject({ state: 'finished', steps: 100, silences: 0, failures: [], starts: 1 });
    expect(report.answers).toBeGreaterThan(1);
    // The step that lasted through the sleep does not count for the time that is left.
    expect(report.secondsLeft).toBeLessThan((limitMs / 1000) * 10);
  },
  600_000,
);
