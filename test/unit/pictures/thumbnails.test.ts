import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { THUMBNAIL_SIDE, Thumbnails, type ThumbnailOrder } from '../../../src/pictures/thumbnails';
import { trimCache } from '../../../src/pictures/trimCache';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
const picture = join(root, 'picture.png');
let folder: string;
let orders: ThumbnailOrder[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  orders = [];
  writeFileSync(picture, 'pixels');
});

/** Writes a file for every order, as the runtime does; `fails` stands for one that cannot be started or cannot read. */
function open(fails?: 'start' | 'picture'): Thumbnails {
  return new Thumbnails({
    folder: () => folder,
    make: async (wanted, side) => {
      if (fails === 'start') throw new Error('no runtime');
      orders.push(...wanted);
      expect(side).toBe(THUMBNAIL_SIDE);
      if (fails === 'picture') return wanted.map(() => false);
      for (const { thumbnail } of wanted) writeFileSync(thumbnail, 'small');
      return wanted.map(() => true);
    },
  });
}
async function shownFor(thumbnails: Thumbnails, paths = [picture]): Promise<(string | undefined)[]> {
  const all = new Map<string, string>();
  await thumbnails.tell(paths, (found) => found.forEach((file, path) => all.set(path, file)));
  return paths.map((path) => all.get(path));
}

describe('small copies of pictures', () => {
  it('are made once, also for the next session', async () => {
    const [first] = await shownFor(open());
    expect(first).toMatch(/[0-9a-f]{32}\.webp$/);
    expect(await shownFor(open())).toEqual([first]);
    expect(orders).toHaveLength(1);
  });

  it('are made anew when the picture is another', async () => {
    const [first] = await shownFor(open());
    writeFileSync(picture, 'other pixels');
    const [second] = await shownFor(open());
    expect(second).not.toBe(first);
    utimesSync(picture, new Date(0), new Date(0));
    expect([first, second]).not.toContain((await shownFor(open()))[0]);
  });

  it.each(['start', 'picture'] as const)(
    'are the pictures themselves when there is a fault with the %s',
    async (fault) => {
      expect(await shownFor(open(fault))).toEqual([picture]);
    },
  );

  it('are not asked for when the picture is gone', async () => {
    const gone = join(root, 'gone.png');
    expect(await shownFor(open(), [gone, picture])).toEqual([gone, expect.stringMatching(/webp$/)]);
    expect(orders.map(({ path }) => path)).toEqual([picture]);
  });

  it('come in parts when there are many', async () => {
    const paths = Array.from({ length: 30 }, (_, i) => join(root, `${i}.png`));
    paths.forEach((path) => writeFileSync(path, path));
    const parts: number[] = [];
    await open().tell(paths, (found) => parts.push(found.size));
    expect(parts).toEqual([12, 12, 6]);
  });
});

describe('a cache that is full', () => {
  const name = (i: number) => `${String(i).padStart(32, '0')}.webp`;
  const fill = (count: number, ageMs = 10_000_000) => {
    for (let i = 0; i < count; i++) {
      writeFileSync(join(folder, name(i)), 'x'.repeat(100));
      const time = new Date(Date.now() - ageMs - i * 1000);
      utimesSync(join(folder, name(i)), time, time);
    }
  };
  const left = () => readdirSync(folder).map((file) => basename(file));

  it.each([
    ['files', { files: 3, bytes: 1e9 }],
    ['bytes', { files: 1e9, bytes: 350 }],
  ])('loses the oldest above its number of %s', async (_, limits) => {
    fill(5);
    await trimCache(folder, { ...limits, minAgeMs: 0 });
    expect(left()).toEqual([0, 1, 2].map(name));
  });

  it('keeps what is being shown, and what is not its own', async () => {
    fill(2, 0);
    const foreign = ['holiday.png', 'abc.webp', `${'0'.repeat(32)}.txt`];
    foreign.forEach((file) => writeFileSync(join(folder, file), 'mine'));
    await trimCache(folder, { files: 0, bytes: 0, minAgeMs: 60_000 });
    expect(left()).toHaveLength(5);
    await trimCache(folder, { files: 0, bytes: 0, minAgeMs: 0 });
    expect(left().sort()).toEqual(foreign.sort());
  });

  it('that is not there is no fault', async () => {
    await expect(trimCache(join(root, 'nowhere'))).resolves.toBeUndefined();
  });
});
