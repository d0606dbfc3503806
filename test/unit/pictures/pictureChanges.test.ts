import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PictureChangeGatherer, type FileChange, type PictureChanges } from '../../../src/pictures/pictureChanges';

const root = '/pictures';
let told: PictureChanges[] = [];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function gather(changes: [FileChange['kind'], string][]): void {
  told = [];
  const gatherer = new PictureChangeGatherer(root, (settled) => told.push(settled));
  for (const [kind, name] of changes) {
    gatherer.add({ path: join(root, name), kind });
    vi.advanceTimersByTime(200);
  }
  vi.advanceTimersByTime(400);
  gatherer.dispose();
}

it('tells once of changes that follow each other', () => {
  gather([
    ['created', 'a/0001-7.png'],
    ['changed', 'a/group.json'],
    ['deleted', 'b'],
  ]);
  expect(told).toEqual([{ groups: new Set(['a', 'b']), replaced: new Set() }]);
});

it('names the pictures that were replaced, not other files', () => {
  gather([
    ['changed', 'a/0001-7.png'],
    ['changed', 'a/grid.png'],
  ]);
  expect(told[0]!.replaced).toEqual(new Set([join(root, 'a/0001-7.png')]));
});

it('takes everything up again when the folder itself comes or goes', () => {
  gather([['deleted', '']]);
  expect(told.map(({ groups }) => groups)).toEqual(['all']);
});

it.each([['a/0001-7.png.5f2a.tmp'], ['../runs/a/0001-7.png']])('passes over %s', (name) => {
  gather([['created', name]]);
  expect(told).toEqual([]);
});
