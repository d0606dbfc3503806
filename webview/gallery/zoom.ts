/** Steps of the zoom, as multiples of the picture's own pixels; 0 fits it into the window. */
export const zoomSteps = [0, 0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** The next larger or smaller step. From the fitted size it goes on to the step beyond that size. */
export function nextZoom(current: number, direction: 1 | -1, fitted: number): number {
  const scale = current === 0 ? fitted : current;
  const steps = zoomSteps.filter((step) => step > 0);
  if (direction > 0) return steps.find((step) => step > scale * 1.01) ?? steps.at(-1)!;
  const smaller = steps.filter((step) => step < scale * 0.99 && step >= Math.min(fitted, 1) * 0.99).at(-1);
  return smaller ?? 0;
}

/** The scale at which a picture just fits; small pictures are enlarged by whole steps so that their pixels stay square. */
export function fittedScale(
  picture: { width: number; height: number },
  room: { width: number; height: number },
): number {
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  return scale >= 1 ? Math.max(1, Math.floor(scale)) : scale;
}
