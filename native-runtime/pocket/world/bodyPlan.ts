import type { Box } from './scene';
import type { CoatColours } from './palette';

/**
 * How a species is built, in its own units: 32 wide, 46 high, looking right, feet on y = 46.
 * Shapes are SVG elements without colours; the painter fills and outlines them.
 */
export interface BodyPlan {
  /** What the drawing reaches with its outline. */
  extent: Box;
  /** Behind everything: tail, far legs. */
  behind: (colours: CoatColours) => string;
  body: string;
  /** Paws, wing, legs: over the body and its markings. */
  limbs: (colours: CoatColours) => string;
  head: string;
  /** Eyes, nose, beak, inner ears: over the head and its markings. */
  face: (colours: CoatColours) => string;
  /** Middle of the body, for markings. */
  flank: Point;
  /** Middle of the eye that patches and rings surround. */
  eye: Point;
  /** Middle of the forehead. */
  brow: Point;
  /** Middle of the head, where it may be split in two. */
  headMiddle: Point;
  /** Where a hat sits. */
  crown: Point;
  /** Where the neck is, its half width, and its slope in degrees. */
  neck: Point & { half: number; tilt: number };
}

/** A place in a body plan's own units. */
export interface Point {
  x: number;
  y: number;
}
