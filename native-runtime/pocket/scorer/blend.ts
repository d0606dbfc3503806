import type { RandomStream } from '../../random';
import { INDIVIDUALS, placeAnimal } from '../world/individuals';
import { SCENE_SIZE, SPECIES, type Animal, type Box, type Scene } from '../world/scene';
import { labelledScene, type LabelledPicture } from './labelledPicture';

const EMPTY_RATE = 0.25;

/** Two scenes that differ in one animal, which is another species or gone in the second. */
export interface BlendPair {
  first: Scene;
  second: Scene;
  /** Which animal of `first` differs. */
  changed: number;
}

/** Picks an animal of a scene with at least one, and the scene without it or with another in its place. */
export function blendPair(first: Scene, random: RandomStream): BlendPair {
  const changed = random.integer(0, first.animals.length);
  const animal = first.animals[changed]!;
  const others = [...first.animals];
  if (random.uniform() < EMPTY_RATE) others.splice(changed, 1);
  else others[changed] = stranger(animal, random);
  return { first, second: { ...first, animals: others }, changed };
}

/** Another species at the same place: often in the same looks, as a model that mixes two animals draws them. */
function stranger(animal: Animal, random: RandomStream): Animal {
  const species = random.choice(SPECIES.filter((kind) => kind !== animal.species));
  const donor = random.uniform() < 0.5 ? animal : random.choice(INDIVIDUALS);
  const { coat, pattern, accessory } = donor;
  return placeAnimal({ species, coat, pattern, accessory }, animal.place, animal.facing);
}

/**
 * A creature between two kinds from the pixels [3, 64, 64] of a pair's scenes: both transparent, or cut through its
 * middle and put together, upper and lower or left and right half. The animal that differs becomes unclear.
 */
export function blendScenes(
  { first, second, changed }: BlendPair,
  pixels: readonly [Float32Array, Float32Array],
  random: RandomStream,
): LabelledPicture {
  const picture = labelledScene(first, pixels[0]);
  const other = second.animals.find(({ place }) => place === first.animals[changed]!.place);
  const box = enclosing(first.animals[changed]!.box, other?.box);
  const share = shareOfSecond(box, random);
  const plane = SCENE_SIZE * SCENE_SIZE;
  picture.pixels = pixels[0].map((value, i) => {
    const at = i % plane;
    const part = share(at % SCENE_SIZE, Math.floor(at / SCENE_SIZE));
    return value + part * (pixels[1][i]! - value);
  });
  picture.animals[changed] = { species: 'unclear', box };
  return picture;
}

/** How much of the second picture shows at a pixel. */
function shareOfSecond(box: Box, random: RandomStream): (x: number, y: number) => number {
  const kind = random.uniform();
  if (kind < 0.4) {
    const share = 0.4 + 0.2 * random.uniform();
    return () => share;
  }
  // Heads are large: between 40 % and 60 % of the way down lies the neck.
  const cut = 0.4 + 0.2 * random.uniform();
  const firstWins = random.uniform() < 0.5;
  const beyond = (at: number, low: number, high: number) => Number(at > low + cut * (high - low) === firstWins);
  return kind < 0.75 ? (_x, y) => beyond(y, box.y0, box.y1) : (x) => beyond(x, box.x0, box.x1);
}

function enclosing(a: Box, b: Box = a): Box {
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}
