import type { BodyPlan } from './bodyPlan';
import type { Pattern } from './scene';
import { ellipse, path, rectangle, starPath } from './shapes';

/** What a pattern paints on the body and on the head, before clipping to them; colours are set by the painter. */
export interface Marking {
  body: string;
  head: string;
}

/** The few bold shapes of each pattern, placed by the body plan's own points. */
export function markingOf(pattern: Pattern, plan: BodyPlan): Marking {
  const { flank, eye, brow, headMiddle } = plan;
  switch (pattern) {
    case 'plain':
      return { body: '', head: '' };
    case 'spots':
      return {
        body:
          ellipse(flank.x - 5, flank.y - 2.5, 2.9, 2.9) +
          ellipse(flank.x + 3.6, flank.y - 3, 2.9, 2.9) +
          ellipse(flank.x - 0.6, flank.y + 3.8, 2.9, 2.9),
        head: ellipse(brow.x, brow.y, 2.4, 2.4),
      };
    case 'stripes':
      return {
        body: [-6, 0, 6].map((dx) => rectangle(flank.x + dx - 1.5, flank.y - 20, 3, 40)).join(''),
        head: rectangle(brow.x - 1.3, brow.y - 10, 2.6, 11.5),
      };
    case 'patch':
      return {
        body: ellipse(flank.x - 4.5, flank.y - 1, 5.2, 5.6),
        head: ellipse(eye.x, eye.y, 5.4, 5.6),
      };
    case 'half':
      return {
        body: rectangle(flank.x, -10, 40, 70),
        head: rectangle(headMiddle.x, -10, 40, 70),
      };
    case 'blocks':
      return {
        body: rectangle(flank.x - 6.5, flank.y - 7, 6.5, 6.5) + rectangle(flank.x, flank.y - 0.5, 6.5, 6.5),
        head: rectangle(headMiddle.x - 20, -10, 20, headMiddle.y + 7.5),
      };
    case 'ring':
      return {
        body: ellipse(flank.x + 1, flank.y + 5, 7, 6),
        head: ellipse(eye.x, eye.y, 6.4, 6.4),
      };
    case 'star':
      return {
        body: path(starPath(flank.x - 0.5, flank.y + 0.5, 6.2)),
        head: path(starPath(brow.x - 1, brow.y - 0.3, 4.8)),
      };
  }
}
