import { describe, expect, it } from 'vitest';
import { drawScene } from '../../../native-runtime/pocket/world/drawScene';
import { placeAnimal } from '../../../native-runtime/pocket/world/individuals';
import { renderScene, renderScenes } from '../../../native-runtime/pocket/world/renderScene';
import {
  FACINGS,
  PLACES,
  SPECIES,
  type Box,
  type Facing,
  type Place,
  type Species,
} from '../../../native-runtime/pocket/world/scene';

const SIZE = 64;

/** Which pixels an animal changes: `[64, 64]` of 0 or 1. */
async function changedPixels(species: Species, place: Place, facing: Facing): Promise<Uint8Array> {
  const animal = placeAnimal({ species, coat: 'brown', pattern: 'plain', accessory: 'none' }, place, facing);
  const scenery = { background: 'snow', style: 'photo' } as const;
  const [empty, full] = [
    await renderScene({ ...scenery, animals: [] }),
    await renderScene({ ...scenery, animals: [animal] }),
  ];
  return Uint8Array.from({ length: SIZE * SIZE }, (_, i) => {
    const difference = [0, 1, 2].map((c) => Math.abs(empty[3 * i + c]! - full[3 * i + c]!));
    return Math.max(...difference) > 60 ? 1 : 0;
  });
}

function extentOf(mask: Uint8Array): Box {
  const set = [...mask.keys()].filter((i) => mask[i]);
  const [xs, ys] = [set.map((i) => i % SIZE), set.map((i) => Math.floor(i / SIZE))];
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 };
}

describe('renderScene', () => {
  it('gives RGB bytes of the asked size, the same every time', async () => {
    const scene = drawScene(1, 5);
    const pixels = await renderScene(scene);
    expect(pixels.length).toBe(SIZE * SIZE * 3);
    expect(await renderScene(scene)).toEqual(pixels);
    expect((await renderScene(scene, 32)).length).toBe(32 * 32 * 3);
  });

  it('renders several scenes as it renders each', async () => {
    const scenes = Array.from({ length: 5 }, (_, index) => drawScene(4, index));
    const together = await renderScenes(scenes);
    const length = SIZE * SIZE * 3;
    for (const [i, scene] of scenes.entries())
      expect(together.subarray(i * length, (i + 1) * length)).toEqual(await renderScene(scene));
  });

  it.each(SPECIES.flatMap((species) => PLACES.map((place) => ({ species, place }))))(
    'draws a $species at $place inside its box and fills it',
    async ({ species, place }) => {
      for (const facing of FACINGS) {
        const drawn = extentOf(await changedPixels(species, place, facing));
        const looks = { species, coat: 'brown', pattern: 'plain', accessory: 'none' } as const;
        const { box } = placeAnimal(looks, place, facing);
        for (const side of ['x0', 'y0', 'x1', 'y1'] as const)
          expect(Math.abs(drawn[side] - box[side])).toBeLessThan(2.6);
      }
    },
  );

  it('keeps the silhouettes of the species far apart', async () => {
    const masks = new Map<Species, Uint8Array[]>();
    for (const species of SPECIES)
      masks.set(species, await Promise.all(FACINGS.map((facing) => changedPixels(species, 'large', facing))));
    for (const one of SPECIES)
      for (const other of SPECIES.filter((species) => species > one))
        for (const a of masks.get(one)!)
          for (const b of masks.get(other)!) expect(overlap(a, b), `${one} and ${other}`).toBeLessThan(0.7);
  });
});

/** Intersection over union of two masks. */
function overlap(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  a.forEach((value, i) => {
    both += value & b[i]!;
    either += value | b[i]!;
  });
  return both / either;
}
