import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { PictureStore, type GroupStart } from '../../../src/pictures/pictureStore';
import { groupName } from '../../../src/pictures/groupName';
import { readGroup } from '../../../src/pictures/readGroup';
import { readPngRecord } from '../../../src/pictures/pngRecord';
import { temporaryFolder } from '../../support/temporaryFolder';
import { drawPicture, pictureRecord, pngBytes } from './pictureFiles';

const root = temporaryFolder();
let folder = '';
let count = 0;
let removed: string[] = [];
let store: PictureStore;
const openStore = () =>
  new PictureStore(
    () => folder,
    async (paths) => {
      removed.push(...paths);
      for (const path of paths) await rm(path, { recursive: true });
    },
  );
const start = (total: number): GroupStart => ({
  title: 'A cat, on the beach',
  kind: 'pictures',
  rows: [],
  columns: [],
  total,
});

beforeEach(() => {
  folder = join(root, String(count++), 'pictures');
  removed = [];
  store = openStore();
});

describe('a group being drawn', () => {
  it('is on disk picture by picture, and the same after a restart', async () => {
    const group = await store.begin(start(3));
    store.add(group.id, await drawPicture(group.folder, 1, 7));
    store.add(group.id, await drawPicture(group.folder, 2, 8));
    await store.end(group.id, 'stopped');
    const again = (await openStore().all())[0]!;
    expect(again).toEqual(store.group(group.id));
    expect(again).toMatchObject({ status: 'stopped', total: 3, pictures: [{ seed: 7 }, { seed: 8 }] });
  });

  it('that was cut off is stopped, and has the pictures it did not get to write down', async () => {
    const group = await store.begin(start(3));
    await drawPicture(group.folder, 1, 7);
    const again = (await openStore().all())[0]!;
    expect(again).toMatchObject({ status: 'stopped', pictures: [{ seed: 7, file: '0001-7.png' }] });
  });

  it('takes a picture once and none from elsewhere', async () => {
    const group = await store.begin(start(3));
    const picture = await drawPicture(group.folder, 1, 7);
    expect(store.add(group.id, picture, { row: 0, column: 1 })).toMatchObject({ cell: { row: 0, column: 1 } });
    expect(store.add(group.id, picture)).toBeUndefined();
    expect(store.add(group.id, await drawPicture(root, 2, 8))).toBeUndefined();
    expect(store.add('gone', picture)).toBeUndefined();
  });

  it('leaves nothing when nothing was drawn', async () => {
    const group = await store.begin(start(3));
    await store.end(group.id, 'failed', 'no model');
    expect(await readdir(folder)).toEqual([]);
    expect(await store.all()).toEqual([]);
  });

  it('gets a folder of its own even in the same second', async () => {
    const now = new Date(2026, 10, 22, 10, 30, 5);
    const names = [await store.begin(start(1), now), await store.begin(start(1), now)].map(({ id }) => id);
    expect(names).toEqual(['2026-11-22T10-30-05-a-cat-on-the-beach', '2026-11-22T10-30-05-a-cat-on-the-beach-2']);
  });

  it('says where it cannot be written', async () => {
    await mkdir(join(folder, '..'), { recursive: true });
    await writeFile(folder, 'a file');
    await expect(store.begin(start(1))).rejects.toMatchObject({ code: 'bad-input', where: folder });
  });
});

describe('finished groups', () => {
  const finished = async (...seeds: number[]) => {
    const group = await store.begin(start(seeds.length));
    for (const [i, seed] of seeds.entries()) store.add(group.id, await drawPicture(group.folder, i + 1, seed));
    await store.end(group.id, 'finished');
    return group;
  };

  it('keep their stars', async () => {
    const { id } = await finished(7, 8);
    await store.setStar(id, '0002-8.png', true);
    await store.setStar(id, 'other.png', true);
    expect((await openStore().all())[0]!.stars).toEqual(['0002-8.png']);
    await store.setStar(id, '0002-8.png', false);
    expect((await openStore().all())[0]!.stars).toEqual([]);
  });

  it('lose a picture with what belongs to it, and are removed with the last', async () => {
    const { id, folder: path } = await finished(7, 8);
    await writeFile(join(path, '0001-7.attention.safetensors'), '');
    for (const part of ['', '.step-2']) await writeFile(join(path, `0001-7.attention${part}.png`), '');
    await store.setStar(id, '0001-7.png', true);
    await store.removePicture(id, '0001-7.png');
    expect(removed.map((one) => one.slice(path.length + 1)).sort()).toEqual([
      '0001-7.attention.png',
      '0001-7.attention.safetensors',
      '0001-7.attention.step-2.png',
      '0001-7.png',
    ]);
    expect(store.group(id)).toMatchObject({ stars: [], pictures: [{ seed: 8 }] });
    await store.removePicture(id, '0002-8.png');
    expect(removed.at(-1)).toBe(path);
    expect(await store.all()).toEqual([]);
  });

  it('are told of, newest first', async () => {
    const told: (string | undefined)[] = [];
    store.onDidChange(({ id, group }) => told.push(group ? 'changed' : id));
    const first = await finished(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await finished(2);
    expect((await store.all()).map(({ id }) => id)).toEqual([second.id, first.id]);
    await store.removeGroup(first.id);
    expect(told.at(-1)).toBe(first.id);
  });

  it('are read from another folder when the workspace changes', async () => {
    await finished(1);
    folder = join(root, 'elsewhere');
    expect(await store.all()).toEqual([]);
    expect(await store.hasAny()).toBe(false);
  });
});

describe('damaged folders', () => {
  const make = async (document: string | undefined, seeds: number[] = []) => {
    await mkdir(folder, { recursive: true });
    for (const [i, seed] of seeds.entries()) await drawPicture(folder, i + 1, seed);
    if (document !== undefined) await writeFile(join(folder, 'group.json'), document);
    return readGroup(folder);
  };

  it.each([
    ['not JSON', '{"format": '],
    ['another format', '{"format":"other"}'],
    ['fields of the wrong type', '{"format":"custom-diffusion-group-1","pictures":7}'],
    ['a list', '[]'],
    ['nothing in it', ''],
  ])('with a description that is %s are read picture by picture', async (_, document) => {
    const group = await make(document, [7, 8]);
    expect(group?.damage).toMatch(/^group\.json/);
    expect(group).toMatchObject({
      title: 'a cat on the beach',
      status: 'finished',
      pictures: [{ seed: 7 }, { seed: 8 }],
    });
  });

  it('without a description are read without complaint', async () => {
    const group = await make(undefined, [7]);
    expect(group?.damage).toBeUndefined();
    expect(group?.pictures[0]).toMatchObject({
      steps: 20,
      model: { strength: 0.5, label: 'cat' },
      hasAttention: false,
    });
  });

  it.each(['../secret.png', '/etc/passwd', 'a\\..\\b.png', 'C:/x.png', '', 'a//b.png'])(
    'cannot lead to %j',
    async (file) => {
      const good = await make(undefined, [7]);
      const { id: _i, folder: _f, stars: _s, ...document } = good!;
      const pictures = [{ ...good!.pictures[0]!, file }];
      await writeFile(join(folder, 'group.json'), JSON.stringify({ ...document, pictures }));
      const group = await readGroup(folder);
      expect(group?.damage).toMatch(/group\.json/);
      expect(group?.pictures.map((picture) => picture.file)).toEqual(['0001-7.png']);
    },
  );

  it('pass over what is no picture, and pictures that are gone', async () => {
    const group = await store.begin(start(2));
    store.add(group.id, await drawPicture(group.folder, 1, 7));
    store.add(group.id, await drawPicture(group.folder, 2, 8));
    await store.end(group.id, 'finished');
    await rm(join(group.folder, '0001-7.png'));
    await writeFile(join(group.folder, '0003-9.png'), 'not a picture');
    await writeFile(join(group.folder, 'grid-0001.png'), pngBytes());
    await writeFile(join(group.folder, 'stars.json'), '{"a":1}');
    expect(await readGroup(group.folder)).toMatchObject({ stars: [], pictures: [{ seed: 8 }] });
  });

  it('that hold nothing of ours are no groups', async () => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    await writeFile(join(folder, 'a-file'), '');
    expect(await store.all()).toEqual([]);
    expect(await readGroup(join(folder, 'not-there'))).toBeUndefined();
  });
});

describe('readPngRecord', () => {
  const read = async (bytes: Buffer) => {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'x.png');
    await writeFile(path, bytes);
    return readPngRecord(path);
  };
  it('reads size and record', async () =>
    expect(await read(pngBytes(pictureRecord(7)))).toEqual({ width: 64, height: 48, record: pictureRecord(7) }));
  it.each([
    ['a record that is not JSON', pngBytes('{"a":')],
    ['a record cut off', pngBytes(pictureRecord(7)).subarray(0, 60)],
    ['no record', pngBytes()],
  ])('reads the size of a picture with %s', async (_, bytes) =>
    expect(await read(bytes)).toEqual({ width: 64, height: 48 }),
  );
  it.each([
    ['empty', Buffer.alloc(0)],
    ['of another kind', Buffer.from('GIF89a'.padEnd(100, 'x'))],
    ['cut off in its head', pngBytes().subarray(0, 30)],
  ])('reads nothing of a file that is %s', async (_, bytes) => expect(await read(bytes)).toBeUndefined());
});

it('writes a description that other programs can read', async () => {
  const group = await store.begin(start(1));
  const document = JSON.parse(await readFile(join(group.folder, 'group.json'), 'utf8')) as object;
  expect(Object.keys(document)).not.toContain('folder');
  expect(document).toMatchObject({ format: 'custom-diffusion-group-1', status: 'drawing', total: 1 });
});

it.each([
  ['photo of a <new1> cat', 'photo-of-a-new1-cat'],
  ['Käse/../x', 'kase-x'],
  ['猫', ''],
  ['a'.repeat(200), 'a'.repeat(40)],
])('names the folder of %j', (title, words) =>
  expect(groupName(new Date(2026, 0, 2, 3, 4, 5), title)).toBe(
    ['2026-01-02T03-04-05', words].filter(Boolean).join('-'),
  ),
);

describe('changes on disk by others', () => {
  let told: (string | undefined)[] = [];
  const drawn = async (seeds: number[]) => {
    const group = await store.begin(start(seeds.length));
    for (const [i, seed] of seeds.entries()) store.add(group.id, await drawPicture(group.folder, i + 1, seed));
    await store.end(group.id, 'finished');
    told = [];
    store.onDidChange(({ id }) => told.push(id));
    return store.group(group.id)!;
  };

  it('add pictures and take them away', async () => {
    const group = await drawn([7, 8]);
    await drawPicture(group.folder, 3, 9);
    await rm(join(group.folder, '0001-7.png'));
    await store.refresh([group.id]);
    expect(store.group(group.id)!.pictures.map(({ seed }) => seed)).toEqual([8, 9]);
    expect(told).toEqual([group.id]);
  });

  it('bring groups and take them away', async () => {
    const group = await drawn([7]);
    const copy = `${group.id}-copy`;
    await cp(group.folder, join(folder, copy), { recursive: true });
    await store.refresh([copy]);
    expect((await store.all()).map(({ id }) => id).sort()).toEqual([group.id, copy]);
    await rm(group.folder, { recursive: true });
    await store.refresh([group.id]);
    expect((await store.all()).map(({ id }) => id)).toEqual([copy]);
    expect(told).toEqual([copy, group.id]);
  });

  it('are told of when a picture was replaced, and not when nothing is different', async () => {
    const group = await drawn([7]);
    const path = join(group.folder, '0001-7.png');
    await store.refresh([group.id, 'nothing']);
    expect(told).toEqual([]);
    await store.refresh([group.id], [path]);
    expect(told).toEqual([group.id]);
    expect([store.revision(path), store.revision(`${path}2`)]).toEqual([1, 0]);
  });

  it('do not touch a group that this window draws', async () => {
    const group = await store.begin(start(2));
    store.add(group.id, await drawPicture(group.folder, 1, 7));
    await drawPicture(group.folder, 2, 8);
    await store.refresh([group.id]);
    expect(store.group(group.id)).toMatchObject({ status: 'drawing', pictures: [{ seed: 7 }] });
  });
});
