import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { float32 } from '../../../native-runtime/tensorData';
import {
  checkpointSteps,
  loadCheckpoint,
  newestCheckpoint,
  saveCheckpoint,
  type SaveOptions,
} from '../../../native-runtime/train/checkpoint';
import { TrainState } from '../../../native-runtime/train/state';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
const identity = { config: { seed: 42 }, base: { family: 'f', fingerprint: 'a', content: 'b' }, concepts: [] };
let count = 0;

function stateAt(step: number): TrainState {
  const values = (k: number) =>
    new Map([
      [
        'down.to_k',
        float32(
          [2, 100],
          Float32Array.from({ length: 200 }, (_, i) => i * k + step),
        ),
      ],
    ]);
  return TrainState.restore(values(1), values(2), values(3), step);
}

const save = (folder: string, step: number, options: SaveOptions = { keep: 2 }) =>
  saveCheckpoint(folder, stateAt(step), { step, notFiniteInARow: 1 }, identity, options);

async function savedSteps(...steps: number[]): Promise<string> {
  const folder = join(root, String(count++));
  for (const step of steps) await save(folder, step);
  return folder;
}

describe('a checkpoint', () => {
  it('gives back every value', async () => {
    const folder = await savedSteps(5);
    const loaded = (await newestCheckpoint(folder))!;
    expect(loaded).toMatchObject({ step: 5, notFiniteInARow: 1, identity });
    expect(loaded.state.updates).toBe(5);
    for (const part of ['weights', 'm', 'v'] as const)
      expect(loaded.state[part].get('down.to_k')!.data).toEqual(stateAt(5)[part].get('down.to_k')!.data);
  });

  it('keeps the newest ones, and no less than one', async () => {
    expect(await checkpointSteps(await savedSteps(3, 6, 9, 12))).toEqual([12, 9]);
    const folder = await savedSteps(3);
    await save(folder, 6, { keep: 0 });
    expect(await checkpointSteps(folder)).toEqual([6]);
  });
});

const state = (folder: string, step: string) => join(folder, step, 'state.safetensors');
const manifest = (folder: string, step: string) => join(folder, step, 'manifest.json');

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index]! ^= 1;
  writeFileSync(path, bytes);
}

describe('the newest checkpoint is passed over', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    ['G5 a bit flipped in the weights', (f) => flipBit(state(f, '000006'), -1), /not what was saved/],
    ['G5 a bit flipped in the header', (f) => flipBit(state(f, '000006'), 20), /not what was saved/],
    [
      'G5 a digit changed in the manifest',
      (f) =>
        writeFileSync(
          manifest(f, '000006'),
          readFileSync(manifest(f, '000006'), 'utf8').replace('"step": 6', '"step": 7'),
        ),
      /manifest is damaged/,
    ],
    ['G7 no tensor file', (f) => rmSync(state(f, '000006')), /is missing/],
    ['G7 no manifest', (f) => rmSync(manifest(f, '000006')), /does not exist|no such/i],
    ['G7 an empty manifest', (f) => writeFileSync(manifest(f, '000006'), ''), /not JSON/],
    [
      'G8 the manifest of another step',
      (f) => cpSync(join(f, '000003'), join(f, '000006'), { recursive: true }),
      /holds step 3/,
    ],
    [
      'G6 a newer format version',
      (f) =>
        writeFileSync(
          manifest(f, '000006'),
          readFileSync(manifest(f, '000006'), 'utf8').replace('"version": 1', '"version": 2'),
        ),
      /format version 2/,
    ],
  ])('%s', async (_, damage, reason) => {
    const folder = await savedSteps(3, 6);
    damage(folder);
    const skipped: string[] = [];
    const found = await newestCheckpoint(folder, (_path, why) => skipped.push(why));
    expect(found?.step).toBe(3);
    expect(skipped.join()).toMatch(reason);
  });

  it('G17 and a damaged one never pushes out the last whole one', async () => {
    const folder = await savedSteps(3, 9);
    flipBit(state(folder, '000009'), -1);
    await save(folder, 6, { keep: 1 });
    expect(await checkpointSteps(folder)).toEqual([6]);
    expect((await newestCheckpoint(folder))?.step).toBe(6);
  });
});

it('G18 the newest is the one of the highest step, whatever the clock says', async () => {
  const folder = await savedSteps(3, 6);
  utimesSync(join(folder, '000003'), 4e9, 4e9);
  utimesSync(join(folder, '000006'), 1, 1);
  expect((await newestCheckpoint(folder))?.step).toBe(6);
});

it('G13 copies that a cloud folder makes are not checkpoints', async () => {
  const folder = await savedSteps(3);
  cpSync(join(folder, '000003'), join(folder, '000009 (conflicted copy)'), { recursive: true });
  mkdirSync(join(folder, '.0123456789ab.tmp'));
  expect((await newestCheckpoint(folder))?.step).toBe(3);
  expect(readdirSync(folder).sort()).toEqual(['000003', '000009 (conflicted copy)']);
});

it('G11 a checkpoint of the same step is replaced whole', async () => {
  const folder = await savedSteps(3);
  flipBit(state(folder, '000003'), -1);
  await save(folder, 3);
  expect((await loadCheckpoint(join(folder, '000003'))).step).toBe(3);
  expect(readdirSync(folder)).toEqual(['000003']);
});

describe('G3 a full disk', () => {
  it.each(['start', 'state', 'manifest'])(
    'at the stage "%s" leaves the earlier checkpoint and nothing else',
    async (stage) => {
      const folder = await savedSteps(3);
      const onStage = (reached: string) => {
        if (reached === stage) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      };
      await expect(save(folder, 6, { keep: 1, onStage })).rejects.toMatchObject({ code: 'disk-full' });
      expect(readdirSync(folder)).toEqual(['000003']);
      expect((await newestCheckpoint(folder))?.step).toBe(3);
    },
  );

  it('of a real small disk, and saving works again once there is space', async ({ skip }) => {
    const disk = join(root, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip('only root can mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', [disk]));
    const folder = join(disk, 'checkpoints');
    await save(folder, 3);
    writeFileSync(join(disk, 'other'), Buffer.alloc(52 * 1024));
    await expect(save(folder, 6)).rejects.toMatchObject({ code: 'disk-full' });
    expect((await newestCheckpoint(folder))?.step).toBe(3);
    expect(readdirSync(folder)).toEqual(['000003']);
    rmSync(join(disk, 'other'));
    await save(folder, 6);
    expect((await newestCheckpoint(folder))?.step).toBe(6);
  });
});

it('a checkpoint moved to another folder is still whole', async () => {
  const folder = await savedSteps(3);
  renameSync(folder, `${folder}-moved`);
  expect((await newestCheckpoint(`${folder}-moved`))?.step).toBe(3);
});
