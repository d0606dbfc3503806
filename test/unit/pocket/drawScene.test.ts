import { describe, expect, it } from 'vitest';
import { drawScene } from '../../../native-runtime/pocket/world/drawScene';
import { INDIVIDUALS, isReserved } from '../../../native-runtime/pocket/world/individuals';
import {
  ACCESSORIES,
  BACKGROUNDS,
  COATS,
  PATTERNS,
  PLACES,
  RARE_ACCESSORIES,
  RARE_COATS,
  RARE_MARKINGS,
  SPECIES,
  STYLES,
} from '../../../native-runtime/pocket/world/scene';

const scenes = Array.from({ length: 6000 }, (_, index) => drawScene(11, index));
const animals = scenes.flatMap((scene) => scene.animals);

describe('drawScene', () => {
  it('draws the same scene for the same seed and index, and other ones otherwise', () => {
    expect(drawScene(11, 42)).toEqual(scenes[42]);
    const distinct = new Set(scenes.slice(0, 500).map((scene) => JSON.stringify(scene)));
    expect(distinct.size).toBeGreaterThan(450);
    expect(drawScene(12, 42)).not.toEqual(scenes[42]);
  });

  it('shows every value of every property', () => {
    expect(new Set(animals.map((animal) => animal.species))).toEqual(new Set(SPECIES));
    expect(new Set(animals.map((animal) => animal.coat))).toEqual(new Set([...COATS, ...RARE_COATS]));
    expect(new Set(animals.map((animal) => animal.pattern))).toEqual(new Set([...PATTERNS, ...RARE_MARKINGS]));
    expect(new Set(animals.map((animal) => animal.accessory))).toEqual(new Set([...ACCESSORIES, ...RARE_ACCESSORIES]));
    expect(new Set(animals.map((animal) => animal.place))).toEqual(new Set(PLACES));
    expect(new Set(scenes.map((scene) => scene.background))).toEqual(new Set(BACKGROUNDS));
    expect(new Set(scenes.map((scene) => scene.style))).toEqual(new Set(STYLES));
  });

  it('never shows the species and coat of an individual together', () => {
    expect(animals.filter(isReserved)).toEqual([]);
    for (const { species, coat } of INDIVIDUALS) {
      expect(animals.some((animal) => animal.species === species)).toBe(true);
      expect(animals.some((animal) => animal.coat === coat)).toBe(true);
    }
  });

  it('keeps what has no word to animals in rare coats', () => {
    const isRare = (values: readonly string[], value: string) => values.includes(value);
    for (const animal of animals) {
      const rareParts = isRare(RARE_MARKINGS, animal.pattern) || isRare(RARE_ACCESSORIES, animal.accessory);
      if (rareParts) expect(isRare(RARE_COATS, animal.coat)).toBe(true);
    }
  });

  it('places one animal in the middle, and two different ones left and right without overlap', () => {
    for (const { animals: placed } of scenes) {
      const [first, second] = placed;
      if (!second) {
        expect(['large', 'small']).toContain(first!.place);
        continue;
      }
      expect([first!.place, second.place]).toEqual(['left', 'right']);
      expect(first!.species).not.toBe(second.species);
      expect(first!.box.x1).toBeLessThanOrEqual(second.box.x0);
    }
  });

  it('takes fixed parts from the options and draws the rest', () => {
    const fixed = { background: 'snow', style: 'painting', species: ['cat', 'cat'] } as const;
    const drawn = Array.from({ length: 50 }, (_, index) => drawScene(3, index, fixed));
    for (const scene of drawn) {
      expect(scene).toMatchObject({ background: 'snow', style: 'painting' });
      expect(scene.animals.map((animal) => animal.species)).toEqual(['cat', 'cat']);
    }
    expect(new Set(drawn.flatMap((scene) => scene.animals.map((animal) => animal.coat))).size).toBeGreaterThan(4);
    expect(drawScene(3, 0, { species: ['dog'], size: 'small' }).animals[0]!.place).toBe('small');
  });
});
