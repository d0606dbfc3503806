import { BODY_PLANS } from './bodyPlans';
import { SCENE_SIZE, type Box, type Facing, type Place, type Species } from './scene';

const PLAN_WIDTH = 32;
const PLAN_HEIGHT = 46;

/** Middle (x), ground line (y) and scale of each place; nothing else about a position is free. */
const PLACE_GEOMETRY: Record<Place, { x: number; ground: number; scale: number }> = {
  large: { x: 32, ground: 62, scale: 1.28 },
  small: { x: 32, ground: 53, scale: 0.74 },
  left: { x: 16.5, ground: 58, scale: 0.96 },
  right: { x: 47.5, ground: 58, scale: 0.96 },
};

/** Maps a body plan's units to scene pixels: x' = x + mirror·scale·u, y' = y + scale·v. */
export interface Placement {
  x: number;
  y: number;
  scale: number;
  /** 1 when the animal looks right, -1 when it looks left. */
  mirror: 1 | -1;
}

/** Where an animal's body plan lies in the scene. */
export function placement(place: Place, facing: Facing): Placement {
  const { x, ground, scale } = PLACE_GEOMETRY[place];
  const mirror = facing === 'right' ? 1 : -1;
  return { x: x - (mirror * scale * PLAN_WIDTH) / 2, y: ground - scale * PLAN_HEIGHT, scale, mirror };
}

/** The box of an animal in scene pixels, cut to the picture. */
export function animalBox(species: Species, place: Place, facing: Facing): Box {
  const { x, y, scale, mirror } = placement(place, facing);
  const { extent } = BODY_PLANS[species];
  const [near, far] = [x + mirror * scale * extent.x0, x + mirror * scale * extent.x1];
  const clamp = (value: number) => Math.min(SCENE_SIZE, Math.max(0, value));
  return {
    x0: clamp(Math.min(near, far)),
    y0: clamp(y + scale * extent.y0),
    x1: clamp(Math.max(near, far)),
    y1: clamp(y + scale * extent.y1),
  };
}
