import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { atomicWrite } from '../../../native-runtime/atomicWrite';
import type { RenameSteps } from '../../../native-runtime/patientRename';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
let count = 0;

/** A folder with one file, and a rename that fails so often before it works. */
function scene(code: string, failures: number) {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  const path = join(folder, 'file.json');
  writeFileSync(path, 'old');
  const waits: number[] = [];
  let calls = 0;
  const steps: RenameSteps = {
    rename: (from, to) =>
      ++calls > failures ? rename(from, to) : Promise.reject(Object.assign(new Error(`${code}: held`), { code })),
    pause: (milliseconds) => Promise.resolve(waits.push(milliseconds)),
  };
  const state = () => ({ files: readdirSync(folder), content: readFileSync(path, 'utf8'), calls });
  return { path, steps, waits, state };
}

describe('F20 a file that another program holds for a moment', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('%s twice: the third rename is the last', async (code) => {
    const { path, steps, waits, state } = scene(code, 2);
    await atomicWrite(path, 'new', steps);
    expect(state()).toEqual({ files: ['file.json'], content: 'new', calls: 3 });
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0]!);
  });

  it.each([
    ['EPERM', /file\.json: cannot be written/],
    ['EBUSY', /file\.json: another program has it open\. Close it/],
  ])('%s for ever: the error, the old content, no temporary file', async (code, message) => {
    const { path, steps, waits, state } = scene(code, Infinity);
    await expect(atomicWrite(path, 'new', steps)).rejects.toThrow(message);
    expect(state()).toMatchObject({ files: ['file.json'], content: 'old' });
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    const waited = waits.reduce((sum, wait) => sum + wait, 0);
    expect(waited).toBeGreaterThan(500);
    expect(waited).toBeLessThan(3000);
  });

  it('another error is not tried again', async () => {
    const { path, steps, waits, state } = scene('ENOSPC', 1);
    await expect(atomicWrite(path, 'new', steps)).rejects.toMatchObject({ code: 'disk-full' });
    expect(state()).toEqual({ files: ['file.json'], content: 'old', calls: 1 });
    expect(waits).toEqual([]);
  });
});
