import type { BodyPlan } from '../bodyPlan';
import { ellipse, path, ribbon, silhouette } from '../shapes';

/** Sits upright and slender: pointed ears, a small round face with slit eyes, a long thin tail curled up. */
export const CAT: BodyPlan = {
  extent: { x0: 0, y0: 0, x1: 30, y1: 46 },
  behind: (c) => ribbon('M12.5 42C3 45.5 0.8 38 3.2 33C5.4 28.5 3.6 24.5 2.3 21.5', 3.1, c.base, c.outline),
  body: path('M13 22C11.6 31 11 38 12 44.7L23.4 44.7C24.4 38 23.8 31 22.4 22Z'),
  limbs: (c) => silhouette(ellipse(14.8, 43.2, 2.7, 1.7) + ellipse(20.8, 43.2, 2.7, 1.7), c.light, c.outline, 0.8),
  head: path('M7.6 15L6.8 1.6L16 7.6Z') + path('M27.4 15L19 7.6L28.2 1.6Z') + ellipse(17.5, 15.5, 11, 9),
  face: (c) =>
    path('M9 10L8.6 4.6L12.6 7.3Z', 'fill="#ff9db0"') +
    path('M26 10L26.4 4.6L22.4 7.3Z', 'fill="#ff9db0"') +
    catEye(13.6, c.outline) +
    catEye(22.6, c.outline) +
    ellipse(18.2, 20.6, 3.6, 2.4, `fill="${c.light}"`) +
    path('M16.4 18.8L20 18.8L18.2 21Z', 'fill="#e8506e"') +
    path('M11 20.2L2.5 18.6M11 22L3.5 23.6M25.4 20.2L32 18.6M25.4 22L31.5 23.6', 'stroke="#fff" stroke-width="0.7"'),
  flank: { x: 17.5, y: 34 },
  eye: { x: 22.6, y: 14.6 },
  brow: { x: 18, y: 9.5 },
  headMiddle: { x: 18, y: 15 },
  crown: { x: 17.5, y: 6.4 },
  neck: { x: 17.5, y: 26, half: 5.4, tilt: 0 },
};

/** A green eye with an upright slit. */
function catEye(x: number, outline: string): string {
  return (
    ellipse(x, 14.6, 3.1, 3.2, `fill="${outline}"`) +
    ellipse(x, 14.6, 2.6, 2.7, 'fill="#b7f23c"') +
    ellipse(x, 14.6, 0.9, 2.5, 'fill="#101010"')
  );
}
