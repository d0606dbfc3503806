import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaptionConcept } from '../../../native-runtime/data/captions';
import { readConceptFolder } from '../../../native-runtime/data/conceptFolder';
import { readPriorFolder, sharedPictureWarnings } from '../../../native-runtime/data/priorFolder';
import { inFolder, photo, plain } from './pictures';

const cat: CaptionConcept = {
  modifierToken: '<new1>',
  classNoun: 'cat',
  template: 'photo of a {}',
  captions: 'template',
};
const save = (folder: string, name: string, seed: number, width = 96, height = 96) =>
  photo(width, height, seed).png({ compressionLevel: 1 }).toFile(join(folder, name));
const warningsOf = (found: { warnings: { file: string; problem: string }[] }) =>
  found.warnings.map(({ file, problem }) => `${file}: ${problem}`);

describe('what is read', () => {
  it('C15 hidden files and folders are passed over, others are listed with reasons', async () => {
    await inFolder(async (folder) => {
      await save(folder, 'b.png', 1);
      await save(folder, 'a.png', 2);
      await mkdir(join(folder, 'nested'));
      await save(join(folder, 'nested'), 'c.png', 3);
      for (const name of ['.DS_Store', 'Thumbs.db', 'desktop.ini', '.hidden.jpg'])
        await writeFile(join(folder, name), 'x');
      await writeFile(join(folder, 'C1.jpg'), '');
      await writeFile(join(folder, 'C2.jpg'), '%PDF-1.7');
      await writeFile(join(folder, 'lost.txt'), 'a cat');
      const found = await readConceptFolder(folder, cat);
      expect(found.pictures.map(({ file }) => file)).toEqual(['a.png', 'b.png']);
      expect(found.skipped.map(({ file }) => file)).toEqual(['C1.jpg', 'C2.jpg', 'lost.txt']);
      expect(found.skipped[1]!.reason).toContain('PDF');
      expect(found.warnings).toEqual([]);
    });
  });

  it('excluded pictures and their captions are left out; names that are not there are told', async () => {
    await inFolder(async (folder) => {
      for (const [i, name] of ['a.png', 'b.png', 'c.png'].entries()) await save(folder, name, i + 1);
      await writeFile(join(folder, 'b.txt'), 'nothing about it');
      const found = await readConceptFolder(folder, { ...cat, exclude: ['b.png', 'd.png'] });
      expect(found.pictures.map(({ file }) => file)).toEqual(['a.png', 'c.png']);
      expect(found.skipped).toEqual([{ file: 'b.png', reason: 'excluded by the configuration', isChosen: true }]);
      expect(warningsOf(found)).toEqual(['d.png: is excluded by the configuration but not there']);
    });
  });

  it('excluding every picture is refused with the reason', async () => {
    await inFolder(async (folder) => {
      await save(folder, 'a.png', 1);
      const refused = readConceptFolder(folder, { ...cat, exclude: ['a.png'] });
      await expect(refused).rejects.toMatchObject({ code: 'bad-image', where: folder });
      await expect(refused).rejects.toThrow('excluded by the configuration');
    });
  });

  it('C14 names of every kind, in an order that no language changes', async () => {
    const names = [
      'Z.png',
      'a b.png',
      '-rf.png',
      'CON.png',
      'e\u0301.png',
      '\u00e9.png',
      '😀.png',
      'שלום.png',
      '%2e%2e.png',
    ];
    if (process.platform !== 'win32') names.push('line\nbreak.png', `${'n'.repeat(251)}.png`);
    await inFolder(async (folder) => {
      await save(folder, 'first.png', 1);
      for (const name of names) await copyFile(join(folder, 'first.png'), join(folder, name));
      const found = await readConceptFolder(folder, cat);
      const expected = [...new Set([...names, 'first.png'])].sort((a, b) => (a < b ? -1 : 1));
      expect(found.pictures.map(({ file }) => file)).toEqual(expected);
    });
  });

  it('C15 no more pictures than the limit, with progress and a stop', async () => {
    await inFolder(async (folder) => {
      for (let i = 0; i < 5; i++) await save(folder, `${i}.png`, i);
      const seen: number[] = [];
      const found = await readConceptFolder(folder, cat, { maxPictures: 3, onProgress: (done) => seen.push(done) });
      expect(found.pictures.map(({ file }) => file)).toEqual(['0.png', '1.png', '2.png']);
      expect(warningsOf(found)).toEqual([': only the first 3 pictures by name are used; 2 files are left out']);
      expect(seen).toEqual([1, 2, 3]);
      const stopped = readConceptFolder(folder, cat, { signal: AbortSignal.abort() });
      await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    });
  });

  it.skipIf(process.platform === 'win32')(
    'C18 links: a linked folder is told, loops and broken links are skipped',
    async () => {
      await inFolder(async (folder) => {
        await mkdir(join(folder, 'real'));
        await save(join(folder, 'real'), 'a.png', 1);
        await symlink('self.png', join(folder, 'real', 'self.png'));
        await symlink('nowhere.png', join(folder, 'real', 'broken.png'));
        await symlink('..', join(folder, 'real', 'up'));
        await symlink('real', join(folder, 'linked'));
        const found = await readConceptFolder(join(folder, 'linked'), cat);
        expect(found.pictures).toHaveLength(1);
        expect(found.skipped.map(({ file }) => file)).toEqual(['broken.png', 'self.png', 'up']);
        expect(warningsOf(found)[0]).toContain('link to');
      });
    },
  );
});

describe('refused folders', () => {
  it.each<[string, (folder: string) => Promise<unknown>, string, string]>([
    ['C15 empty folder', async () => {}, 'bad-input', 'holds no pictures'],
    ['C1 only empty files', (f) => writeFile(join(f, 'a.jpg'), ''), 'bad-image', 'none of 1 files'],
    ['C2 only non-pictures', (f) => writeFile(join(f, 'a.jpg'), 'PK\x03\x04'), 'bad-image', 'a ZIP archive'],
    ['C12 1×1', (f) => plain(1, 1, 'red').png().toFile(join(f, 'a.png')), 'bad-image', '1×1 pixels are too few'],
    ['C12 3×2000', (f) => plain(3, 2000, 'red').png().toFile(join(f, 'a.png')), 'bad-image', 'too few'],
    [
      'D6 caption without the subject',
      async (f) => {
        await save(f, 'a.png', 1);
        await writeFile(join(f, 'a.txt'), 'a sunny day');
      },
      'bad-config',
      'mentions neither <new1> nor "cat"',
    ],
    [
      'caption that is not UTF-8',
      async (f) => {
        await save(f, 'a.png', 1);
        await writeFile(join(f, 'a.txt'), Buffer.from([0x63, 0xff, 0xfe]));
      },
      'bad-file',
      'UTF-8',
    ],
  ])('%s', async (_name, fill, code, message) => {
    await inFolder(async (folder) => {
      await fill(folder);
      const error: unknown = await readConceptFolder(folder, cat).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'ProductError', code });
      expect((error as Error).message).toContain(message);
    });
  });

  it('a folder that is missing or is a file', async () => {
    await expect(readConceptFolder('/no/such/folder', cat)).rejects.toMatchObject({ code: 'not-found' });
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'x');
      await expect(readConceptFolder(join(folder, 'file'), cat)).rejects.toThrow(/not a folder/);
    });
  });
});

describe('health', () => {
  it('C12, C16, C22 sizes, shapes, blur, duplicates and a single picture are warned of', async () => {
    await inFolder(async (folder) => {
      await save(folder, 'a.png', 1, 200, 200);
      await copyFile(join(folder, 'a.png'), join(folder, 'b.png'));
      await photo(200, 200, 1).jpeg({ quality: 60 }).toFile(join(folder, 'c.jpg'));
      await save(folder, 'd.png', 2, 320, 200);
      await save(folder, 'e.png', 3, 64, 64);
      await photo(200, 200, 4).blur(20).png().toFile(join(folder, 'f.png'));
      await save(folder, 'g.png', 5, 200, 200);
      expect(warningsOf(await readConceptFolder(folder, cat, { resolution: 128 }))).toEqual([
        'b.png: is the same file as a.png',
        'c.jpg: looks nearly the same as a.png',
        'd.png: is 320×200; only the square in the middle is used',
        'e.png: is 64×64; it will be enlarged to 128 and look soft',
        'f.png: seems blurred or empty',
      ]);
    });
    await inFolder(async (folder) => {
      await save(folder, 'a.png', 1);
      expect(warningsOf(await readConceptFolder(folder, cat))[0]).toContain('only one picture');
    });
  });

  it('C22, C23 prior pictures: none, fewer than wanted, pictures of the subject', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'prior'));
      await expect(readPriorFolder(join(folder, 'prior'), 200)).rejects.toThrow(/prior kind "generated"/);
      await save(folder, 'a.png', 1);
      await copyFile(join(folder, 'a.png'), join(folder, 'prior', 'same.png'));
      for (let i = 2; i < 4; i++) await save(join(folder, 'prior'), `${i}.png`, i);
      const instance = await readConceptFolder(folder, cat);
      const prior = await readPriorFolder(join(folder, 'prior'), 200);
      expect(warningsOf(prior)).toEqual([': there are 3 prior pictures of the 200 wanted']);
      expect(sharedPictureWarnings(instance.pictures, prior.pictures)).toEqual([
        { file: 'same.png', problem: 'is a picture of the subject (a.png)' },
      ]);
      const two = await readPriorFolder(join(folder, 'prior'), 2);
      expect([two.pictures.length, two.warnings]).toEqual([2, []]);
    });
  });
});

describe('captions', () => {
  it('come from the text beside the picture, else the file name, else the template', async () => {
    await inFolder(async (folder) => {
      const names = ['a cat on a sofa.png', 'IMG_0001.png', 'sleeping_on_grass (2).png', 'told.png', 'blank.png'];
      for (const [i, name] of names.entries()) await save(folder, name, i);
      await writeFile(join(folder, 'told.txt'), '\ufeffmy old\n Cat in a concatenation \n');
      await writeFile(join(folder, 'blank.txt'), ' \n');
      const read = async (captions: CaptionConcept['captions']) => {
        const found = await readConceptFolder(folder, { ...cat, captions });
        return Object.fromEntries(found.pictures.map((p) => [p.file, `${p.captionSource}: ${p.caption}`]));
      };
      const told = 'text: my old <new1> Cat in a concatenation';
      expect(await read('fileNames')).toEqual({
        'a cat on a sofa.png': 'fileName: a <new1> cat on a sofa',
        'IMG_0001.png': 'template: photo of a <new1> cat',
        'sleeping_on_grass (2).png': 'fileName: photo of a <new1> cat, sleeping on grass',
        'told.png': told,
        'blank.png': 'fileName: photo of a <new1> cat, blank',
      });
      expect(await read('template')).toMatchObject({
        'a cat on a sofa.png': 'template: photo of a <new1> cat',
        'told.png': told,
      });
      expect(await read('text')).toEqual({ 'told.png': told });
    });
  });

  it.each([
    ['a <new1> cat', 'a <new1> cat'],
    ['a {} outside', 'a <new1> cat outside'],
    ['category: cat', 'category: <new1> cat'],
  ])('"%s" becomes "%s"', async (text, caption) => {
    await inFolder(async (folder) => {
      await save(folder, 'a.png', 1);
      await writeFile(join(folder, 'a.TXT'), text);
      expect((await readConceptFolder(folder, cat)).pictures[0]!.caption).toBe(caption);
    });
  });
});
