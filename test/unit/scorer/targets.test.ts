import { describe, expect, it } from 'vitest';
import type { LabelledPicture } from '../../../native-runtime/pocket/scorer/labelledPicture';
import { scorerConfig as config } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { cellCentre, targetsOf } from '../../../native-runtime/pocket/scorer/targets';
import { animalBox } from '../../../native-runtime/pocket/world/placement';
import { PLACES, SPECIES } from '../../../native-runtime/pocket/world/scene';

const CLASSES = config.species.length + 2;
const pixels = new Float32Array(0);
const pair: LabelledPicture = {
  pixels,
  background: 'beach',
  animals: [
    { species: 'cat', coat: 'teal', pattern: 'half', box: animalBox('cat', 'left', 'right') },
    { species: 'unclear', box: animalBox('dog', 'right', 'left') },
  ],
};
const valuesOf = (pictures: LabelledPicture[], name: string) => targetsOf(pictures, config)[name]!.data as Float32Array;
const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

describe('targetsOf', () => {
  it.each(SPECIES.flatMap((species) => PLACES.map((place) => [species, place] as const)))(
    'gives every %s that stands %s at least two cells',
    (species, place) => {
      const box = animalBox(species, place, 'right');
      const boxes = valuesOf([{ pixels, animals: [{ species, box }], background: 'snow' }], 'boxWeights');
      expect(boxes.filter((weight) => weight > 0).length).toBeGreaterThanOrEqual(2);
    },
  );

  it('weighs animals equally, whatever their size, and empty cells together like one', () => {
    const species = valuesOf([pair], 'species');
    const total = (index: number) => sum(species.filter((_, i) => i % CLASSES === index));
    const [empty, cat, unclear] = [total(0), total(1), total(CLASSES - 1)];
    for (const share of [empty, cat, unclear]) expect(share).toBeCloseTo(1 / 3, 5);
  });

  it('asks for looks only where they can be told', () => {
    const coats = valuesOf([pair], 'coats');
    const asked = [...coats.entries()].filter(([, weight]) => weight > 0).map(([i]) => i % config.coats.length);
    expect(new Set(asked)).toEqual(new Set([config.coats.indexOf('teal')]));
    expect(sum(coats)).toBeCloseTo(1, 5);
  });

  it('gives back the box from every cell of an animal', () => {
    const { boxes, species } = targetsOf([pair], config);
    for (let cell = 0; cell < 64; cell++) {
      if (!species!.data[cell * CLASSES + 1]) continue;
      const [x, y] = cellCentre(cell, 8);
      const [left, , , bottom] = (boxes!.data as Float32Array).subarray(cell * 4, cell * 4 + 4);
      expect(x - 64 * left!).toBeCloseTo(pair.animals[0]!.box.x0, 3);
      expect(y + 64 * bottom!).toBeCloseTo(pair.animals[0]!.box.y1, 3);
    }
  });

  it('accepts nothing and unclear for scraps, and no background where none is asked', () => {
    const scraps: LabelledPicture = { pixels, animals: [], background: 'unclear', scraps: true };
    const species = valuesOf([scraps], 'species');
    expect(species[0]).toBeCloseTo(1 / 128, 6);
    expect(species[CLASSES - 1]).toBeCloseTo(1 / 128, 6);
    expect(sum(valuesOf([{ pixels, animals: [] }], 'background'))).toBe(0);
    expect([...valuesOf([scraps], 'background')]).toEqual([0, 0, 0, 0, 1]);
  });
});
