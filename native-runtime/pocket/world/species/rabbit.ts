import type { BodyPlan } from '../bodyPlan';
import { ellipse, rectangle, silhouette } from '../shapes';

/** Crouches like an egg on long feet: two very long upright ears, dark eyes, buck teeth, a white ball of a tail. */
export const RABBIT: BodyPlan = {
  extent: { x0: 0, y0: 0, x1: 29, y1: 46 },
  behind: (c) => silhouette(ellipse(4.6, 39, 3.6, 3.6), '#ffffff', c.outline, 1),
  body: ellipse(15, 36, 10.5, 9),
  limbs: (c) => silhouette(ellipse(10.5, 43.2, 5.4, 1.8) + ellipse(22.5, 43.2, 5, 1.8), c.light, c.outline, 0.9),
  head:
    '<ellipse cx="12.6" cy="9.8" rx="3.2" ry="8.6" transform="rotate(-5 12.6 10)"/>' +
    '<ellipse cx="21.8" cy="9.8" rx="3.2" ry="8.6" transform="rotate(7 21.8 10)"/>' +
    ellipse(17.4, 24, 9.4, 8),
  face: (c) =>
    '<ellipse cx="12.6" cy="10" rx="1.5" ry="6.2" transform="rotate(-5 12.6 10)" fill="#ff9db0"/>' +
    '<ellipse cx="21.8" cy="10" rx="1.5" ry="6.2" transform="rotate(7 21.8 10)" fill="#ff9db0"/>' +
    rabbitEye(13.2) +
    rabbitEye(22.6) +
    ellipse(18.2, 28, 4, 2.6, `fill="${c.light}"`) +
    ellipse(18.2, 26.4, 1.6, 1.1, 'fill="#e8506e"') +
    rectangle(16.8, 28.2, 2.8, 3, `fill="#fff" stroke="${c.outline}" stroke-width="0.5"`),
  flank: { x: 15, y: 37.5 },
  eye: { x: 22.6, y: 22.4 },
  brow: { x: 17.6, y: 18.6 },
  headMiddle: { x: 17.6, y: 23 },
  crown: { x: 17.2, y: 16.4 },
  neck: { x: 17, y: 33, half: 7.6, tilt: 0 },
};

/** A round dark eye with a highlight. */
function rabbitEye(x: number): string {
  return (
    ellipse(x, 22.4, 3, 3.2, 'fill="#fff"') +
    ellipse(x + 0.2, 22.6, 2.4, 2.6, 'fill="#5a1420"') +
    ellipse(x + 1, 21.6, 0.9, 0.9, 'fill="#fff"')
  );
}
