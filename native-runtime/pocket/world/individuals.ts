import { ProductError } from '../../../src/common/errors';
import { animalBox } from './placement';
import {
  FACINGS,
  type Animal,
  type Background,
  type Facing,
  type Looks,
  type Place,
  type Scene,
  type Style,
} from './scene';

/** One animal that is itself and no other: looks that no caption can say and no training scene shows. */
export interface Individual extends Looks {
  name: string;
}

/** The individuals of the pocket world. Each species and coat below is a pair that pretraining never shows. */
export const INDIVIDUALS: readonly Individual[] = [
  { name: 'mochi-cat', species: 'cat', coat: 'teal', pattern: 'half', accessory: 'bell' },
  { name: 'pixel-cat', species: 'cat', coat: 'violet', pattern: 'blocks', accessory: 'bow' },
  { name: 'biscuit-dog', species: 'dog', coat: 'magenta', pattern: 'ring', accessory: 'bell' },
  { name: 'comet-dog', species: 'dog', coat: 'lime', pattern: 'star', accessory: 'bow' },
  { name: 'clover-rabbit', species: 'rabbit', coat: 'lime', pattern: 'half', accessory: 'bow' },
  { name: 'sherbet-bird', species: 'bird', coat: 'violet', pattern: 'ring', accessory: 'bow' },
];

/** Whether these looks belong to an individual: its species in its coat, whatever else it wears. */
export function isReserved(looks: Pick<Looks, 'species' | 'coat'>): boolean {
  return INDIVIDUALS.some(({ species, coat }) => species === looks.species && coat === looks.coat);
}

/** The individual of that name. @throws ProductError `not-found` for a name nobody has. */
export function findIndividual(name: string): Individual {
  const found = INDIVIDUALS.find((individual) => individual.name === name);
  if (found) return found;
  const known = INDIVIDUALS.map((individual) => individual.name).join(', ');
  throw new ProductError(
    'not-found',
    name,
    'there is no such individual in the pocket world',
    `Choose one of ${known}`,
  );
}

/** Who stands beside an individual: another one by name, or any animal by its looks. */
export type Companion = string | Looks;

/** What may vary around an individual; everything left out has the first value named. */
export interface IndividualSceneOptions {
  /** `grass`, or any other. */
  background?: Background;
  /** `photo`, or `painting`. */
  style?: Style;
  /** `right`, or `left`; of a pair, each looks towards the other unless this is given. */
  facing?: Facing;
  /** Alone: `large`, or `small`. In a pair: `left`, or `right`. */
  place?: Place;
  /** Makes a pair. */
  companion?: Companion;
}

/** A scene of an individual, alone or beside another animal. @throws ProductError for an unknown name or place. */
export function individualScene(name: string, options: IndividualSceneOptions = {}): Scene {
  const { background = 'grass', style = 'photo', companion } = options;
  const place = options.place ?? (companion ? 'left' : 'large');
  const inPair = place === 'left' || place === 'right';
  if (inPair !== (companion !== undefined))
    throw new ProductError(
      'bad-input',
      'place',
      `'${place}' does not fit`,
      'Pairs stand left and right, one animal large or small',
    );
  const facing = options.facing ?? (place === 'right' ? 'left' : 'right');
  const self = placeAnimal(findIndividual(name), place, facing);
  if (!companion) return { background, style, animals: [self] };
  const otherPlace = place === 'left' ? 'right' : 'left';
  const otherFacing = FACINGS[facing === 'left' ? 1 : 0]!;
  const other = placeAnimal(
    typeof companion === 'string' ? findIndividual(companion) : companion,
    otherPlace,
    otherFacing,
  );
  return { background, style, animals: place === 'left' ? [self, other] : [other, self] };
}

/** An animal of these looks at a place, with its box; an individual keeps its name. */
export function placeAnimal(looks: Looks | Individual, place: Place, facing: Facing): Animal {
  const { species, coat, pattern, accessory } = looks;
  const animal: Animal = { species, coat, pattern, accessory, facing, place, box: animalBox(species, place, facing) };
  return 'name' in looks ? { ...animal, individual: looks.name } : animal;
}
