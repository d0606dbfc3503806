import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { SAMPLE_CONCEPTS, writeConcepts } from '../../../native-runtime/pocket/world/concepts';
import { findIndividual, INDIVIDUALS, individualScene } from '../../../native-runtime/pocket/world/individuals';
import { renderIndividual } from '../../../native-runtime/pocket/world/renderIndividual';
import { ProductError } from '../../../src/common/errors';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('individuals', () => {
  it('has at least two cats and two dogs, each with its own looks', () => {
    const ofSpecies = (wanted: string) => INDIVIDUALS.filter(({ species }) => species === wanted);
    expect(ofSpecies('cat').length).toBeGreaterThanOrEqual(2);
    expect(ofSpecies('dog').length).toBeGreaterThanOrEqual(2);
    expect(new Set(INDIVIDUALS.map(({ species, coat }) => `${species} ${coat}`)).size).toBe(INDIVIDUALS.length);
  });

  it('stands alone or beside another individual, and keeps its name', () => {
    const alone = individualScene('mochi-cat', { background: 'room', place: 'small', facing: 'left' });
    expect(alone).toMatchObject({
      background: 'room',
      animals: [{ individual: 'mochi-cat', place: 'small', facing: 'left' }],
    });
    const pair = individualScene('mochi-cat', { companion: 'comet-dog', place: 'right' });
    expect(pair.animals.map(({ individual, place, facing }) => [individual, place, facing])).toEqual([
      ['comet-dog', 'left', 'right'],
      ['mochi-cat', 'right', 'left'],
    ]);
    const looks = { species: 'dog', coat: 'brown', pattern: 'plain', accessory: 'none' } as const;
    expect(individualScene('mochi-cat', { companion: looks }).animals[1]).not.toHaveProperty('individual');
  });

  it('looks like nobody else', async () => {
    const [mochi, pixel] = await Promise.all(['mochi-cat', 'pixel-cat'].map((name) => renderIndividual(name)));
    const different = mochi!.filter((value, i) => Math.abs(value - pixel![i]!) > 50).length / mochi!.length;
    expect(different).toBeGreaterThan(0.1);
  });

  it('refuses unknown names and places that do not fit', () => {
    expect(() => findIndividual('garfield')).toThrow(ProductError);
    expect(() => individualScene('mochi-cat', { place: 'left' })).toThrow(/Pairs stand left and right/);
    expect(() => individualScene('mochi-cat', { place: 'large', companion: 'comet-dog' })).toThrow(ProductError);
  });
});

describe('writeConcepts', () => {
  it('writes eight pictures of each individual, equal to those that come with the product', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concepts-'));
    folders.push(folder);
    await writeConcepts(folder);
    expect((await readdir(folder)).sort()).toEqual([...SAMPLE_CONCEPTS].sort());
    for (const name of SAMPLE_CONCEPTS) {
      const files = await readdir(join(folder, name));
      expect(files.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `0${i + 1}.png`));
      const [written, shipped] = await Promise.all(
        [join(folder, name, '03.png'), join('media/concepts', name, '03.png')].map((path) =>
          sharp(path).raw().toBuffer(),
        ),
      );
      // Another version of the SVG renderer may round edges differently.
      const difference = written!.reduce((sum, value, i) => sum + Math.abs(value - shipped![i]!), 0) / written!.length;
      expect(difference).toBeLessThan(1);
    }
  });

  it('writes nothing when a name is unknown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concepts-'));
    folders.push(folder);
    await expect(writeConcepts(folder, ['mochi-cat', 'garfield'])).rejects.toThrow(ProductError);
    expect(await readdir(folder)).toEqual([]);
  });
});
