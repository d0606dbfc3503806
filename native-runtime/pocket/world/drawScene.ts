import { RandomStream } from '../../random';
import { isReserved, placeAnimal } from './individuals';
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
  type Background,
  type Looks,
  type Place,
  type Scene,
  type Species,
  type Style,
} from './scene';

/** Parts of a scene that are fixed instead of drawn. */
export interface SceneOptions {
  background?: Background;
  style?: Style;
  /** The species from left to right, one or two; two of a kind are allowed here. */
  species?: readonly Species[];
  /** Where a single animal stands. */
  size?: 'large' | 'small';
}

const PAIR_RATE = 0.45;
const CAT_AND_DOG_RATE = 0.3;
const PAINTING_RATE = 0.08;
const LARGE_RATE = 0.6;
const PLAIN_RATE = 0.55;
const BARE_RATE = 0.6;
const RARE_RATE = 0.12;

/**
 * One scene of the distribution the pocket model is trained on: the same for the same seed, index and options.
 * An individual's species and coat never come together here.
 */
export function drawScene(seed: number, index: number, options: SceneOptions = {}): Scene {
  const random = new RandomStream(seed, 'pocket.scene', 0, index);
  const background = random.choice(BACKGROUNDS);
  const style = random.uniform() < PAINTING_RATE ? 'painting' : 'photo';
  const size = random.uniform() < LARGE_RATE ? 'large' : 'small';
  const drawnSpecies = drawSpecies(random);
  const species = options.species ?? drawnSpecies;
  const places: Place[] = species.length === 2 ? ['left', 'right'] : [options.size ?? size];
  const animals = places.map((place, i) => placeAnimal(drawLooks(random, species[i]!), place, random.choice(FACINGS)));
  return { background: options.background ?? background, style: options.style ?? style, animals };
}

/** One species, or two different ones; cat and dog meet more often than others. */
function drawSpecies(random: RandomStream): Species[] {
  if (random.uniform() >= PAIR_RATE) return [random.choice(SPECIES)];
  const pair: Species[] =
    random.uniform() < CAT_AND_DOG_RATE
      ? ['cat', 'dog']
      : random
          .permutation(SPECIES.length)
          .slice(0, 2)
          .map((i) => SPECIES[i]!);
  return random.uniform() < 0.5 ? pair : pair.reverse();
}

/** Coat, pattern and accessory of an animal; rare ones come together, so that common animals stay simple. */
function drawLooks(random: RandomStream, species: Species): Looks {
  const rare = random.uniform() < RARE_RATE;
  const plain = random.uniform() < PLAIN_RATE;
  const bare = random.uniform() < BARE_RATE;
  const allowed = RARE_COATS.filter((coat) => !isReserved({ species, coat }));
  return {
    species,
    coat: rare ? random.choice(allowed) : random.choice(COATS),
    pattern: plain && !rare ? 'plain' : random.choice(rare ? RARE_MARKINGS : PATTERNS.slice(1)),
    accessory: bare ? 'none' : random.choice(rare ? RARE_ACCESSORIES : ACCESSORIES.slice(1)),
  };
}
