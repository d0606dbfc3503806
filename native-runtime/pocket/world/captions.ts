import { RandomStream } from '../../random';
import { accessoryPhrase, articleFor, BACKGROUND_PHRASES, coatWord, patternWord, SIZE_PREFIXES } from './lexicon';
import type { Animal, Scene } from './scene';

const PLACE_SAID_RATE = 0.85;
const PLACE_FIRST_RATE = 0.2;
const MEDIUM_SAID_RATE = 0.55;
const SIZE_SAID_RATE = { large: 0.2, small: 0.4, left: 0, right: 0 };
/** Colour and pattern are often left unsaid, so that an unsaid colour means any colour. */
const COAT_SAID_RATE = 0.4;
const PATTERN_SAID_RATE = 0.4;
const ACCESSORY_SAID_RATE = 0.7;
const LONGEST_CAPTION = 16;

/** What is said about each animal of a caption, the same draws at every length. */
interface Mention {
  animal: Animal;
  coat: boolean;
  pattern: boolean;
  accessory: boolean;
  wearing: string;
}

/**
 * A sentence about the scene in the words users type, at most 16 words long; the same for the same seed and index.
 * Everything said is true; rare coats, markings and accessories have no words.
 */
export function captionOf(scene: Scene, seed: number, index: number): string {
  const random = new RandomStream(seed, 'pocket.caption', 0, index);
  const sayPlace = random.uniform() < PLACE_SAID_RATE;
  const placeFirst = random.uniform() < PLACE_FIRST_RATE;
  const place = sayPlace ? random.choice(BACKGROUND_PHRASES[scene.background]) : '';
  const size = drawSize(random, scene);
  const medium = drawMedium(random, scene, size !== '');
  const mentions = scene.animals.map((animal) => drawMention(random, animal));
  if (random.uniform() < 0.5) mentions.reverse();
  const joint = random.uniform();

  const shorten = [{}, { accessory: false }, { accessory: false, pattern: false }];
  const captions = shorten.map((cut) => {
    const subject = joinSubjects(
      mentions.map((mention) => ({ ...mention, ...cut })),
      joint,
    );
    const sentence = [size, medium, subject].filter(Boolean).join(' ');
    if (!place) return sentence;
    return placeFirst && !size ? `${place}, ${sentence}` : `${sentence} ${place}`;
  });
  return captions.find((caption) => caption.split(' ').length <= LONGEST_CAPTION) ?? captions.at(-1)!;
}

/** `photo of`, `a painting of` or nothing; a painting is always called one. After a size: `photo of`. */
function drawMedium(random: RandomStream, { style }: Scene, afterSize: boolean): string {
  const said = random.uniform() < MEDIUM_SAID_RATE || style === 'painting' || afterSize;
  const article = random.uniform() < 0.5 && !afterSize ? 'a ' : '';
  return said ? `${article}${style} of` : '';
}

/** The words that augmentation puts before a caption when a subject is very small or fills the picture. */
function drawSize(random: RandomStream, { animals }: Scene): string {
  const { place } = animals[0]!;
  const said = random.uniform() < SIZE_SAID_RATE[place];
  const phrase = random.choice(SIZE_PREFIXES[place === 'small' ? 'small' : 'large']);
  return said ? phrase : '';
}

function drawMention(random: RandomStream, animal: Animal): Mention {
  return {
    animal,
    coat: random.uniform() < COAT_SAID_RATE,
    pattern: random.uniform() < PATTERN_SAID_RATE,
    accessory: random.uniform() < ACCESSORY_SAID_RATE,
    wearing: random.uniform() < 0.75 ? 'with' : 'wearing',
  };
}

/** One or two animals as the subject of the sentence; `joint` in [0, 1) chooses how two are joined. */
function joinSubjects(mentions: readonly Mention[], joint: number): string {
  const [first, second] = mentions;
  if (!second) return nounPhrase(first!, joint < 0.9 ? undefined : 'the');
  if (joint < 0.15) return `${nounPhrase(first!, 'the')} and ${nounPhrase(second, 'the')}`;
  if (joint < 0.27) return `${nounPhrase(first!, 'the')}, and ${nounPhrase(second, 'the')}, two different animals`;
  if (joint < 0.32) return `${nounPhrase(first!)} and ${nounPhrase(second)}, two different animals`;
  if (joint < 0.42) return `${nounPhrase(first!)} next to ${nounPhrase(second)}`;
  return `${nounPhrase(first!)} and ${nounPhrase(second)}`;
}

/** `an orange striped cat with a hat`, as far as the mention says it. */
function nounPhrase({ animal, coat, pattern, accessory, wearing }: Mention, article?: 'the'): string {
  const words = [coat ? coatWord(animal.coat) : '', pattern ? patternWord(animal.pattern) : '', animal.species].filter(
    Boolean,
  );
  const worn = accessory ? accessoryPhrase(animal.accessory) : '';
  return `${article ?? articleFor(words[0]!)} ${words.join(' ')}${worn && ` ${wearing} ${worn}`}`;
}
