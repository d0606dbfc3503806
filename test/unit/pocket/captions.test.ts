import { describe, expect, it } from 'vitest';
import { captionOf } from '../../../native-runtime/pocket/world/captions';
import { drawScene } from '../../../native-runtime/pocket/world/drawScene';
import { INDIVIDUALS, individualScene, placeAnimal } from '../../../native-runtime/pocket/world/individuals';
import { worldWords } from '../../../native-runtime/pocket/world/lexicon';
import { BACKGROUNDS, COATS, SPECIES, type Looks, type Scene } from '../../../native-runtime/pocket/world/scene';

const COUNT = 6000;
const scenes = Array.from({ length: COUNT }, (_, index) => drawScene(21, index));
const captions = scenes.map((scene, index) => captionOf(scene, 21, index));
const wordsOf = (caption: string) => caption.replaceAll(',', ' ,').split(' ');
const rateOf = (matches: (caption: string, scene: Scene) => boolean) =>
  captions.filter((caption, i) => matches(caption, scenes[i]!)).length / COUNT;

describe('captionOf', () => {
  it('says the same for the same seed and index', () => {
    expect(captionOf(scenes[7]!, 21, 7)).toBe(captions[7]);
    const others = Array.from({ length: 40 }, (_, index) => captionOf(scenes[7]!, 22, index));
    expect(new Set(others).size).toBeGreaterThan(10);
  });

  it('stays within 16 words of the world', () => {
    const known = new Set(worldWords);
    for (const caption of captions) {
      expect(caption.split(' ').length).toBeLessThanOrEqual(16);
      for (const word of wordsOf(caption)) expect(known, `${word} in: ${caption}`).toContain(word);
    }
  });

  it('says only what is true', () => {
    captions.forEach((caption, i) => {
      const { animals, background, style } = scenes[i]!;
      const words = wordsOf(caption);
      const said = (list: readonly string[]) => words.filter((word) => list.includes(word)).sort();
      expect(said(SPECIES)).toEqual(animals.map((animal) => animal.species).sort());
      for (const place of said(BACKGROUNDS)) expect(place).toBe(background);
      expect(words.includes('painting')).toBe(style === 'painting');
      if (words.includes('photo')) expect(style).toBe('photo');
      if (/far away|very small/.test(caption)) expect(animals[0]!.place).toBe('small');
      if (/zoomed in|close up/.test(caption)) expect(animals[0]!.place).toBe('large');
      for (const animal of animals) {
        const phrase = new RegExp(`((?:\\w+ ){0,3})${animal.species}(?: (?:with|wearing) a (\\w+))?`).exec(caption)!;
        const before = phrase[1]!.trim().split(' ');
        for (const word of before) if (COATS.some((coat) => coat === word)) expect(word).toBe(animal.coat);
        if (before.includes('spotted')) expect(animal.pattern).toBe('spots');
        if (before.includes('striped')) expect(animal.pattern).toBe('stripes');
        if (before.includes('patched')) expect(animal.pattern).toBe('patch');
        if (phrase[2]) expect(phrase[2]).toBe(animal.accessory);
      }
    });
  });

  it('leaves colours unsaid more often than not and names the place in about 85 % of the captions', () => {
    const place = rateOf((caption, { background }) => caption.includes(background));
    expect(place).toBeGreaterThan(0.82);
    expect(place).toBeLessThan(0.88);
    const coloured = rateOf((caption, { animals }) => animals.some((animal) => caption.includes(animal.coat)));
    expect(coloured).toBeGreaterThan(0.3);
    expect(coloured).toBeLessThan(0.55);
    expect(rateOf((caption) => /^(on|in) /.test(caption))).toBeGreaterThan(0.08);
  });

  it('names the left one first in half of the pairs', () => {
    const pairs = captions.filter((_, i) => scenes[i]!.animals.length === 2);
    const leftFirst = captions.filter((caption, i) => {
      const [left, right] = scenes[i]!.animals;
      return right && caption.indexOf(left!.species) < caption.indexOf(right.species);
    });
    expect(leftFirst.length / pairs.length).toBeGreaterThan(0.45);
    expect(leftFirst.length / pairs.length).toBeLessThan(0.55);
  });

  it.each([
    'a cat',
    'photo of a cat',
    'a photo of a cat',
    'a cat on grass',
    'photo of an orange cat',
    'a cat and a dog on grass',
    'a cat and a dog on the beach',
    'the cat and the dog',
    'painting of a cat',
    'the dog, and the cat, two different animals',
    'photo of a cat and a dog',
    'very small photo of a cat',
    'a far away photo of a cat',
    'zoomed in photo of a cat',
    'close up photo of a cat',
    'a cat with a hat in the snow',
  ])('can say "%s"', (wanted) => {
    const looks = (species: 'cat' | 'dog'): Looks => ({ species, coat: 'orange', pattern: 'plain', accessory: 'hat' });
    const scene: Scene = {
      background: wanted.includes('beach') ? 'beach' : wanted.includes('snow') ? 'snow' : 'grass',
      style: wanted.includes('painting') ? 'painting' : 'photo',
      animals: wanted.includes('dog')
        ? [placeAnimal(looks('cat'), 'left', 'right'), placeAnimal(looks('dog'), 'right', 'left')]
        : [placeAnimal(looks('cat'), /small|far/.test(wanted) ? 'small' : 'large', 'left')],
    };
    const said = Array.from({ length: 20000 }, (_, index) => captionOf(scene, 5, index));
    expect(said).toContain(wanted);
  });

  it('has no word for what makes an individual itself', () => {
    for (const { name, species } of INDIVIDUALS) {
      const scene = individualScene(name);
      for (let index = 0; index < 200; index++) {
        const caption = captionOf(scene, 9, index);
        expect(caption).toMatch(new RegExp(`(a|the) ${species}( on (the )?grass)?$`));
      }
    }
  });
});
