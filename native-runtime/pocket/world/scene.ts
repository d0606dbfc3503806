/** The animals of the pocket world; their outlines differ in ears, muzzle, tail, legs and posture. */
export const SPECIES = ['cat', 'dog', 'rabbit', 'bird'] as const;
/** Coats that captions have a word for. */
export const COATS = ['orange', 'black', 'white', 'grey', 'brown', 'yellow'] as const;
/** Coats that no caption can say: rare in the training scenes, and what the individuals wear. */
export const RARE_COATS = ['teal', 'magenta', 'violet', 'lime'] as const;
/** Patterns that captions have a word for, apart from `plain`. */
export const PATTERNS = ['plain', 'spots', 'stripes', 'patch'] as const;
/** Markings that no caption can say; they come with rare coats only. */
export const RARE_MARKINGS = ['half', 'blocks', 'ring', 'star'] as const;
/** Accessories that captions have a word for, apart from `none`. */
export const ACCESSORIES = ['none', 'hat', 'collar', 'scarf'] as const;
/** Accessories that no caption can say; they come with rare coats only. */
export const RARE_ACCESSORIES = ['bell', 'bow'] as const;
/** Where a scene plays. */
export const BACKGROUNDS = ['grass', 'beach', 'snow', 'room'] as const;
/** How a scene is drawn. */
export const STYLES = ['photo', 'painting'] as const;
/** Which way an animal looks. */
export const FACINGS = ['left', 'right'] as const;
/** An animal alone stands in the middle, `large` or `small`; of a pair, one stands `left` and one `right`. */
export const PLACES = ['large', 'small', 'left', 'right'] as const;

/** One of {@link SPECIES}. */
export type Species = (typeof SPECIES)[number];
/** One of {@link COATS} or {@link RARE_COATS}. */
export type Coat = (typeof COATS)[number] | (typeof RARE_COATS)[number];
/** One of {@link PATTERNS} or {@link RARE_MARKINGS}. */
export type Pattern = (typeof PATTERNS)[number] | (typeof RARE_MARKINGS)[number];
/** One of {@link ACCESSORIES} or {@link RARE_ACCESSORIES}. */
export type Accessory = (typeof ACCESSORIES)[number] | (typeof RARE_ACCESSORIES)[number];
/** One of {@link BACKGROUNDS}. */
export type Background = (typeof BACKGROUNDS)[number];
/** One of {@link STYLES}. */
export type Style = (typeof STYLES)[number];
/** One of {@link FACINGS}. */
export type Facing = (typeof FACINGS)[number];
/** One of {@link PLACES}. */
export type Place = (typeof PLACES)[number];

/** A rectangle in pixels of the 64×64 scene: left, top, right, bottom. */
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** What an animal looks like, wherever it stands. */
export interface Looks {
  species: Species;
  coat: Coat;
  pattern: Pattern;
  accessory: Accessory;
}

/** One animal in a scene. */
export interface Animal extends Looks {
  facing: Facing;
  place: Place;
  /** Encloses the animal's body, ears and tail, not its accessory. */
  box: Box;
  /** The name of the individual this is, when it is one. */
  individual?: string;
}

/** Everything there is to know about one picture; animals are listed from left to right. */
export interface Scene {
  background: Background;
  style: Style;
  animals: Animal[];
}

/** Width and height in pixels in which boxes are given. */
export const SCENE_SIZE = 64;
