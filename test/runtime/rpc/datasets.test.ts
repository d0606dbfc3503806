import { existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyAugmentation, drawAugmentation } from '../../../native-runtime/data/augmentation';
import { loadImage } from '../../../native-runtime/data/images';
import { runtimeProcess } from '../../support/runtimeProcess';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyBase } from '../../support/tinyRun';
import { photo } from '../../unit/data/pictures';

const runtime = runtimeProcess();
const root = temporaryFolder();
const folder = join(root, 'cat');
const cacheFolder = join(root, 'cache', 'thumbnails');

beforeAll(async () => {
  mkdirSync(folder);
  await photo(800, 400, 1).jpeg().toFile(join(folder, 'wide.jpg'));
  await photo(90, 90, 2).png().toFile(join(folder, 'small.png'));
  await photo(300, 300, 3).jpeg().toFile(join(folder, 'cut.jpg'));
  truncateSync(join(folder, 'cut.jpg'), 3000);
  writeFileSync(join(folder, 'notes.pdf'), '%PDF-1.7');
  writeFileSync(join(folder, 'small.txt'), 'a tabby cat\n');
});

describe('a scan', () => {
  const scan = () => runtime.current.request('dataset/scan', { folder, cacheFolder, resolution: 256 });

  it('lists usable pictures with captions and thumbnails, the others with reasons', async () => {
    const { pictures, skipped, warnings } = await scan();
    expect(pictures.map(({ file, caption, captionSource }) => [file, caption, captionSource])).toEqual([
      ['small.png', 'a tabby cat', 'text'],
      ['wide.jpg', 'photo of a {}', 'template'],
    ]);
    expect(skipped.map(({ file }) => file)).toEqual(['cut.jpg', 'notes.pdf']);
    expect(skipped[0]!.problem).toMatch(/damaged or cut short/);
    expect(warnings.map(({ file, problem }) => `${file} ${problem}`).join('\n')).toMatch(
      /small\.png is 90×90; it will be enlarged to 256[^]*wide\.jpg is 800×400; only the square/,
    );
    const thumbnails = await Promise.all(pictures.map(({ thumbnail }) => sharp(thumbnail).metadata()));
    expect(thumbnails.map(({ format, width, height }) => [format, width, height])).toEqual([
      ['webp', 90, 90],
      ['webp', 320, 160],
    ]);
  });

  it('makes thumbnails once', async () => {
    const [first] = (await scan()).pictures;
    const before = statSync(first!.thumbnail).mtimeMs;
    const [again] = (await scan()).pictures;
    expect([again!.thumbnail, statSync(again!.thumbnail).mtimeMs]).toEqual([first!.thumbnail, before]);
  });

  it('uses the template and the file names it is given', async () => {
    const request = { folder, cacheFolder, resolution: 64, template: 'drawing of {}', captions: 'fileNames' } as const;
    const { pictures } = await runtime.current.request('dataset/scan', request);
    expect(pictures.map(({ caption }) => caption)).toEqual(['a tabby cat', 'wide']);
  });

  it('lists excluded pictures, and says nothing about them', async () => {
    const exclude = ['wide.jpg', 'cut.jpg'];
    const { pictures, skipped, warnings } = await runtime.current.request('dataset/scan', {
      folder,
      cacheFolder,
      resolution: 256,
      exclude,
    });
    expect(pictures.map(({ file }) => file)).toEqual(['small.png', 'wide.jpg']);
    expect(skipped.map(({ file }) => file)).toEqual(['notes.pdf']);
    expect(warnings.map(({ file, problem }) => `${file}: ${problem}`)).toEqual([
      expect.stringMatching(/^small\.png: is 90×90/),
      expect.stringMatching(/^: there is only one picture/),
    ]);
  });

  it('C1 finds nothing in an empty folder, and refuses one that does not exist', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    const found = await runtime.current.request('dataset/scan', { folder: empty, cacheFolder, resolution: 64 });
    expect(found.pictures).toEqual([]);
    const refused = await runtime.current.refusal('dataset/scan', {
      folder: join(root, 'no'),
      cacheFolder,
      resolution: 64,
    });
    expect(refused).toMatchObject({ code: 'not-found', where: join(root, 'no') });
  });
});

describe('views', () => {
  const request = {
    picture: join(folder, 'wide.jpg'),
    cacheFolder,
    base: tinyBase,
    resolution: 64,
    seed: 42,
    concept: 1,
    pictureIndex: 2,
    first: 3,
    count: 8,
    enabled: true,
    flip: true,
  };

  it('are those of training', async () => {
    const views = await runtime.current.request('dataset/augment', request);
    const image = await loadImage(request.picture);
    for (const [i, view] of views.entries()) {
      const drawn = drawAugmentation(42, 1, 2, 3 + i, 64);
      const { pixels, mask, prefix } = await applyAugmentation(image, drawn, 64, 8);
      expect([view.band, view.flip, view.prefix]).toEqual([drawn.band, drawn.flip, prefix.trim()]);
      expect([view.mask.height, view.mask.width, [...view.mask.data]]).toEqual([8, 8, [...mask]]);
      const { data } = await loadImage(view.picture);
      const largest = data.reduce((worst, value, at) => {
        const wanted = 127.5 * (pixels[(at % 3) * 64 * 64 + Math.floor(at / 3)]! + 1);
        return Math.max(worst, Math.abs(value - wanted));
      }, 0);
      expect(largest).toBeLessThan(0.51);
    }
    expect(new Set(views.map(({ band }) => band)).size).toBeGreaterThan(1);
  });

  it('C21 are refused at a size the base cannot work at', async () => {
    const refused = await runtime.current.refusal('dataset/augment', { ...request, resolution: 72 });
    expect(refused).toMatchObject({ code: 'bad-input', remedy: 'The nearest this model can draw: 64 or 128' });
  });
});

describe('captions', () => {
  const picture = join(folder, 'wide.jpg');
  const text = join(folder, 'wide.txt');

  it('are written beside the picture, and removed when they are empty', async () => {
    await runtime.current.request('dataset/writeCaption', { picture, caption: ' a cat\n on a sofa ' });
    expect(readFileSync(text, 'utf8')).toBe('a cat on a sofa\n');
    await runtime.current.request('dataset/writeCaption', { picture, caption: '  ' });
    expect(existsSync(text)).toBe(false);
  });

  it('need a picture', async () => {
    const refused = await runtime.current.refusal('dataset/writeCaption', {
      picture: join(folder, 'no.jpg'),
      caption: 'x',
    });
    expect(refused.code).toBe('not-found');
  });
});

describe('thumbnails of pictures', () => {
  const request = (names: string[]) => {
    const pictures = names.map((name) => ({
      path: join(folder, name),
      thumbnail: join(cacheFolder, 'a', `${name}.webp`),
    }));
    return runtime.current.request('pictures/thumbnails', { pictures, side: 100 });
  };
  const size = async (name: string) => {
    const { format, width, height } = await sharp(join(cacheFolder, 'a', `${name}.webp`)).metadata();
    return [format, width, height];
  };

  it('are small and upright, and never larger than the picture', async () => {
    await photo(400, 200, 5).jpeg().withMetadata({ orientation: 6 }).toFile(join(root, 'turned.jpg'));
    expect(await request(['wide.jpg', 'small.png', '../turned.jpg'])).toEqual([true, true, true]);
    expect(await size('wide.jpg')).toEqual(['webp', 100, 50]);
    expect(await size('small.png')).toEqual(['webp', 90, 90]);
    expect(await size('../turned.jpg')).toEqual(['webp', 50, 100]);
  });

  it('are made of the others when one picture is broken or gone', async () => {
    expect(await request(['cut.jpg', 'gone.png', 'notes.pdf', 'wide.jpg'])).toEqual([false, false, false, true]);
  });
});
