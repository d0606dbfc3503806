import { drawScene } from '../pocket/world/drawScene';
import { findIndividual, placeAnimal } from '../pocket/world/individuals';
import { BACKGROUND_PHRASES } from '../pocket/world/lexicon';
import { renderScenes } from '../pocket/world/renderScene';
import { BACKGROUNDS, SCENE_SIZE, SPECIES, type Scene, type Species } from '../pocket/world/scene';
import type { RgbImage } from '../sample/png';
import type { PictureSource } from './survey';

/** Scenes of this seed are neither trained on nor held out for the scorer. */
const RENDER_SEED = 7101;
/** Scenes drawn at once. */
const STRIP = 16;

/**
 * The scene that a prompt describes: its one or two animals, each the individual of the token before it, and its
 * background; what it does not say is drawn from the seed. Without an animal in the prompt: an empty place, or, for the
 * empty prompt, any scene.
 * @param individuals token → name of an individual
 */
export function sceneOfPrompt(prompt: string, seed: number, individuals: Readonly<Record<string, string>> = {}): Scene {
  const background = BACKGROUNDS.find((one) =>
    [one, ...BACKGROUND_PHRASES[one]].some((phrase) => prompt.includes(phrase)),
  );
  const words = prompt.split(/[\s,]+/);
  const named = words.flatMap((word, i) =>
    (SPECIES as readonly string[]).includes(word)
      ? [{ species: word as Species, individual: individuals[words[i - 1] ?? ''] }]
      : [],
  );
  const place = background ? { background } : {};
  if (named.length === 0) {
    const any = drawScene(RENDER_SEED, seed, place);
    return prompt.trim() ? { ...any, animals: [] } : any;
  }
  const species = named.slice(0, 2).map((one) => one.species);
  const scene = drawScene(RENDER_SEED, seed, { ...place, style: 'photo', species });
  const animals = scene.animals.map((animal, i) => {
    const { individual } = named[i]!;
    return individual ? placeAnimal(findIndividual(individual), animal.place, animal.facing) : animal;
  });
  return { ...scene, animals };
}

/**
 * Perfect pictures of the pocket world in place of a model's: what a measurement says about them is the most that any model
 * can reach in it, and anything below 100 % is the scorer's own error.
 */
export function renderedSource(individuals: Readonly<Record<string, string>> = {}): PictureSource {
  return async function* (prompt, seeds) {
    for (let first = 0; first < seeds.length; first += STRIP) {
      const part = seeds.slice(first, first + STRIP);
      const images = await renderImages(part.map((seed) => sceneOfPrompt(prompt, seed, individuals)));
      for (const [i, seed] of part.entries()) yield { seed, image: images[i]! };
    }
  };
}

/** Pictures of a few scenes; one call for up to sixteen is cheaper than one for each. */
export async function renderImages(scenes: readonly Scene[]): Promise<RgbImage[]> {
  const [width, height] = [SCENE_SIZE, SCENE_SIZE];
  const bytes = await renderScenes(scenes);
  const size = width * height * 3;
  return scenes.map((_, i) => ({ width, height, data: bytes.slice(i * size, (i + 1) * size) }));
}
