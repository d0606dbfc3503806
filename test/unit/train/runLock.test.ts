import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RunLock } from '../../../native-runtime/train/runLock';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
let count = 0;

function fresh(): { folder: string; lock: string } {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return { folder, lock: join(folder, 'lock.json') };
}

it('F7 the second process is refused until the first gives the folder back', async () => {
  const { folder, lock } = fresh();
  const first = await RunLock.acquire(folder);
  await expect(RunLock.acquire(folder)).rejects.toThrow(new RegExp(`in use by process ${process.pid}`));
  await first.release();
  expect(existsSync(lock)).toBe(false);
  await (await RunLock.acquire(folder)).release();
});

it('F7 only one of many that ask at once gets it, with a stale lock in the way', async () => {
  const { folder, lock } = fresh();
  writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: 'long ago' }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => RunLock.acquire(folder)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['lock.json']);
});

it.each([
  ['of a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), started: '' }],
  [
    'of a process whose number another one has now',
    { pid: process.pid, host: hostname(), started: 'before the last boot/1' },
  ],
  ['that was cut off', undefined],
])('F7 a lock %s is replaced', async (_, holder) => {
  const { folder, lock } = fresh();
  writeFileSync(lock, holder ? JSON.stringify(holder) : '{"pid": 1');
  const taken = await RunLock.acquire(folder);
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
  await taken.release();
});

it('F7 a lock of a living process, or of another machine, stays', async () => {
  const { folder, lock } = fresh();
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  onTestFinished(() => void child.kill());
  for (const holder of [
    { pid: child.pid, host: hostname(), started: '' },
    { pid: 1, host: 'elsewhere', started: '' },
  ]) {
    writeFileSync(lock, JSON.stringify(holder));
    await expect(RunLock.acquire(folder)).rejects.toMatchObject({ code: 'conflict' });
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual(holder);
  }
});
