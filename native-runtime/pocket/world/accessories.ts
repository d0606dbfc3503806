import type { BodyPlan } from './bodyPlan';
import type { Accessory } from './scene';
import { ellipse, path, ribbon, silhouette } from './shapes';

/** What lies around the neck, drawn between body and head; empty for accessories worn elsewhere. */
export function neckwear(accessory: Accessory, plan: BodyPlan): string {
  const { x, y, half, tilt } = plan.neck;
  const band = `M${-half} -1Q0 2.4 ${half} -1`;
  return `<g transform="translate(${x} ${y}) rotate(${tilt})">${neckShapes(accessory, band)}</g>`;
}

function neckShapes(accessory: Accessory, band: string): string {
  switch (accessory) {
    case 'collar':
      return ribbon(band, 2.6, '#e01f2d', '#5c0a10', 0.7);
    case 'scarf':
      return (
        silhouette(path('M1.5 0L6.6 0L7.4 11L2.4 11Z'), '#2f6fe4', '#0d2a66', 0.8) +
        ribbon(band, 4.2, '#2f6fe4', '#0d2a66', 0.8)
      );
    case 'bell':
      return (
        ribbon(band, 2, '#0f7a3c', '#043016', 0.6) + silhouette(ellipse(1, 3.6, 3.4, 3.4), '#ffd21f', '#6b4a02', 0.9)
      );
    case 'bow':
      return silhouette(path('M0 1.4L-5.4 -2L-5.4 4.8ZM0 1.4L5.4 -2L5.4 4.8Z'), '#ff5a1f', '#661a02', 0.9);
    default:
      return '';
  }
}

/** What sits on the head, drawn last; empty for accessories worn elsewhere. */
export function headwear(accessory: Accessory, plan: BodyPlan): string {
  if (accessory !== 'hat') return '';
  const { x, y } = plan.crown;
  const hat =
    silhouette(
      '<rect x="-3.9" y="-6.6" width="7.8" height="7" />' +
        '<rect x="-6.8" y="-0.8" width="13.6" height="2.4" rx="1"/>',
      '#d42a3c',
      '#52070f',
      0.9,
    ) + '<rect x="-3.9" y="-2.8" width="7.8" height="2" fill="#ffd21f"/>';
  return `<g transform="translate(${x} ${y})">${hat}</g>`;
}
