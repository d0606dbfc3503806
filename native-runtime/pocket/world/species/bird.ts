import type { BodyPlan } from '../bodyPlan';
import { ellipse, path, ribbon, silhouette } from '../shapes';

/** A ball on two thin legs: one big eye, a red beak, a wing, a fan of a tail; no ears. */
export const BIRD: BodyPlan = {
  extent: { x0: 0, y0: 7, x1: 32, y1: 46 },
  behind: (c) =>
    silhouette(path('M8 29L1.4 18.5L1.6 31L8 35Z'), c.shade, c.outline, 1.1) +
    ribbon('M12.5 37L12.5 44.4L15.8 44.4', 1.9, '#f26a1b', '#6b2a06', 0.7) +
    ribbon('M19 37L19 44.4L22.3 44.4', 1.9, '#f26a1b', '#6b2a06', 0.7),
  body: ellipse(15, 28.5, 11, 10.5),
  limbs: (c) => silhouette(path('M4.4 25.4C7 22.6 12 23.6 13.4 29C11 34.6 6 34.4 4.4 25.4Z'), c.shade, c.outline, 0.9),
  head: ellipse(18.6, 17, 8.8, 8.6),
  face: (c) =>
    silhouette(path('M25.6 13.6L31 17.6L25.6 21.4Z'), '#f2402a', '#6b1206', 0.9) +
    ellipse(20.6, 15.4, 3.6, 3.7, `fill="${c.outline}"`) +
    ellipse(20.6, 15.4, 3, 3.1, 'fill="#fff"') +
    ellipse(21.2, 15.6, 2, 2.1, 'fill="#101014"'),
  flank: { x: 18.6, y: 31 },
  eye: { x: 20.6, y: 15.4 },
  brow: { x: 17, y: 11.6 },
  headMiddle: { x: 18, y: 17 },
  crown: { x: 17.8, y: 10 },
  neck: { x: 18.2, y: 25.2, half: 7.6, tilt: -10 },
};
