import type { BodyPlan } from '../bodyPlan';
import { ellipse, path, rectangle, ribbon, silhouette } from '../shapes';

/** Stands low and broad in profile: a long muzzle with a big black nose, a drooping ear, stout legs, a stub of a tail. */
export const DOG: BodyPlan = {
  extent: { x0: 0, y0: 8.5, x1: 32, y1: 46 },
  behind: (c) => ribbon('M4 30L1.8 24.5', 3.6, c.base, c.outline),
  body:
    '<rect x="1.8" y="27" width="24" height="12.4" rx="5.5"/>' +
    path('M8 29L10 19L23 19L25.8 34Z') +
    rectangle(1.8, 32, 5.6, 12.7) +
    rectangle(20.2, 32, 5.6, 12.7),
  limbs: (c) =>
    rectangle(1.8, 42.2, 5.6, 2.5, `fill="${c.light}"`) + rectangle(20.2, 42.2, 5.6, 2.5, `fill="${c.light}"`),
  head: ellipse(15.5, 18, 8, 8) + '<rect x="14" y="16.3" width="16" height="8.6" rx="4"/>',
  face: (c) =>
    `<rect x="19" y="19.9" width="11" height="5" rx="2.5" fill="${c.light}"/>` +
    path('M23.5 24.5L28 24.5L27.5 28.7Q25.8 30.9 24.2 28.7Z', 'fill="#f2506c"') +
    path('M20.5 24.1L29 24.1', `stroke="${c.outline}" stroke-width="0.9"`) +
    ellipse(29, 17.1, 2.9, 2.5, 'fill="#0c0c10"') +
    ellipse(18.8, 14.4, 3.5, 3.5, `fill="${c.outline}"`) +
    ellipse(18.8, 14.4, 3, 3, 'fill="#fff"') +
    ellipse(19.4, 14.6, 2, 2.1, 'fill="#101014"') +
    silhouette(path('M8 12C2.6 14.5 2.8 25 6.2 28C10.4 29.6 12.6 23 12.6 13Z'), c.shade, c.outline, 1.1),
  flank: { x: 11.4, y: 33.6 },
  eye: { x: 18.8, y: 14.4 },
  brow: { x: 14.5, y: 14 },
  headMiddle: { x: 16, y: 17.5 },
  crown: { x: 12.6, y: 10.9 },
  neck: { x: 18.8, y: 27.4, half: 6.8, tilt: -8 },
};
