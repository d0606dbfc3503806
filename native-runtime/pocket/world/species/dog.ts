import type { BodyPlan } from '../bodyPlan';
import { ellipse, path, rectangle, ribbon, silhouette } from '../shapes';

/** Stands on four stout legs in profile: a long muzzle with a big black nose, a drooping ear, a stub of a tail. */
export const DOG: BodyPlan = {
  extent: { x0: 0, y0: 4, x1: 32, y1: 46 },
  behind: (c) =>
    ribbon('M4 27L1.8 21.5', 3.4, c.base, c.outline) +
    silhouette(rectangle(7.6, 34, 4, 9.6) + rectangle(14.2, 34, 4, 9.6), c.shade, c.outline, 1.1),
  body:
    '<rect x="1.8" y="23.5" width="22.5" height="14" rx="6.5"/>' +
    path('M9 24L10 14L22 14L24.2 31Z') +
    rectangle(1.8, 30, 5, 14.7) +
    rectangle(19.3, 28, 5, 16.7),
  limbs: (c) => rectangle(1.8, 42.2, 5, 2.5, `fill="${c.light}"`) + rectangle(19.3, 42.2, 5, 2.5, `fill="${c.light}"`),
  head: ellipse(15.5, 13.5, 8, 8) + '<rect x="14" y="11.8" width="16" height="8.6" rx="4"/>',
  face: (c) =>
    '<rect x="19" y="15.4" width="11" height="5" rx="2.5"' +
    ` fill="${c.light}"/>` +
    path('M23.5 20L28 20L27.5 24.2Q25.8 26.4 24.2 24.2Z', 'fill="#f2506c"') +
    path('M20.5 19.6L29 19.6', `stroke="${c.outline}" stroke-width="0.9"`) +
    ellipse(29, 12.6, 2.9, 2.5, 'fill="#0c0c10"') +
    ellipse(18.8, 9.9, 3.5, 3.5, `fill="${c.outline}"`) +
    ellipse(18.8, 9.9, 3, 3, 'fill="#fff"') +
    ellipse(19.4, 10.1, 2, 2.1, 'fill="#101014"') +
    silhouette(path('M8 7.5C3.5 10 3.6 20 6.8 22.6C10.6 24 12.6 18 12.6 8.5Z'), c.shade, c.outline, 1.1),
  flank: { x: 13, y: 30 },
  eye: { x: 18.8, y: 9.9 },
  brow: { x: 14.5, y: 9.5 },
  headMiddle: { x: 16, y: 13 },
  crown: { x: 12.6, y: 6.4 },
  neck: { x: 17, y: 23.2, half: 7.4, tilt: -8 },
};
