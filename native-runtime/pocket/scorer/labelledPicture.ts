import type { Background, Box, Coat, Pattern, Scene, Species } from '../world/scene';

/** An animal as the scorer should see it; looks are left out where nobody could tell them. */
export interface LabelledAnimal {
  species: Species | 'unclear';
  coat?: Coat;
  pattern?: Pattern;
  box: Box;
}

/** A picture with what is to be read in it. */
export interface LabelledPicture {
  /** [3, 64, 64] in [−1, 1]. */
  pixels: Float32Array;
  animals: LabelledAnimal[];
  /** Left out where either answer would do. */
  background?: Background | 'unclear';
  /** Scraps without a shape: nothing and unclear are both right answers, a species never. */
  scraps?: boolean;
}

/** A scene's pixels [3, 64, 64] with its own truth. */
export function labelledScene(scene: Scene, pixels: Float32Array): LabelledPicture {
  return {
    pixels,
    animals: scene.animals.map(({ species, coat, pattern, box }) => ({ species, coat, pattern, box })),
    background: scene.background,
  };
}
