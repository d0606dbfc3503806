import type { RandomStream } from '../../random';
import { drawScene } from '../world/drawScene';
import { INDIVIDUALS, placeAnimal, type Individual } from '../world/individuals';
import {
  ACCESSORIES,
  BACKGROUNDS,
  COATS,
  FACINGS,
  PATTERNS,
  RARE_ACCESSORIES,
  RARE_COATS,
  RARE_MARKINGS,
  SPECIES,
  type Looks,
  type Place,
  type Scene,
} from '../world/scene';

const PAINTING_RATE = 0.08;
const RARE_COAT_RATE = 0.6;

/** A scene the scorer must read: as in training the model, two of a kind, individuals, or any looks at any place. */
export function scorerScene(random: RandomStream, seed: number, index: number): Scene {
  const kind = random.uniform();
  if (kind < 0.4) return drawScene(seed, index);
  const twin = random.choice(SPECIES);
  if (kind < 0.5) return drawScene(seed, index, { species: [twin, twin] });
  return kind < 0.75 ? individualsScene(random) : wildScene(random);
}

/** An individual alone, or beside another one or any other animal. */
export function individualsScene(random: RandomStream): Scene {
  const self = random.choice(INDIVIDUALS);
  if (random.uniform() < 0.45) return sceneOf(random, [[self, lonePlace(random)]]);
  const other = random.uniform() < 0.6 ? random.choice(INDIVIDUALS) : anyLooks(random);
  return sceneOf(random, pairOf(random, self, other));
}

/**
 * Animals with every combination of species, coat, marking and accessory, so that nothing but the whole of it makes an
 * individual: its colour on another species, its marking in another colour.
 */
export function wildScene(random: RandomStream): Scene {
  const self = anyLooks(random);
  if (random.uniform() < 0.5) return sceneOf(random, [[self, lonePlace(random)]]);
  return sceneOf(random, pairOf(random, self, anyLooks(random)));
}

/** A place without any animal. */
export function emptyScene(random: RandomStream): Scene {
  return sceneOf(random, []);
}

function anyLooks(random: RandomStream): Looks {
  return {
    species: random.choice(SPECIES),
    coat: random.choice(random.uniform() < RARE_COAT_RATE ? RARE_COATS : COATS),
    pattern: random.choice([...PATTERNS, ...RARE_MARKINGS]),
    accessory: random.choice([...ACCESSORIES, ...RARE_ACCESSORIES]),
  };
}

/** Alone in the middle, or in a pair's place whose other half stayed empty. */
function lonePlace(random: RandomStream): Place {
  return random.choice(['large', 'small', 'large', 'small', 'left', 'right'] as const);
}

type Standing = [Looks | Individual, Place];

function pairOf(random: RandomStream, a: Looks | Individual, b: Looks | Individual): Standing[] {
  return random.uniform() < 0.5
    ? [
        [a, 'left'],
        [b, 'right'],
      ]
    : [
        [b, 'left'],
        [a, 'right'],
      ];
}

function sceneOf(random: RandomStream, standing: readonly Standing[]): Scene {
  return {
    background: random.choice(BACKGROUNDS),
    style: random.uniform() < PAINTING_RATE ? 'painting' : 'photo',
    animals: standing.map(([looks, place]) => placeAnimal(looks, place, random.choice(FACINGS))),
  };
}
