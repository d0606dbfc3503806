/** The value of `base` that means the miniature model that comes with the product. */
export const pocketBase = 'pocket';

/** Sides of a picture, in pixels. */
export const resolutionLimits = { smallest: 16, largest: 2048, multiple: 8 };

/** How many concepts one run may teach. */
export const maxConcepts = 100;

/**
 * The size nearest to the wanted one that a model can work at: a multiple of `multiple` within the limits, in pixels.
 * A UNet with `n` down-samplings behind an autoencoder of factor `f` needs multiples of `f · 2^n`.
 */
export function nearestResolution(wanted: number, multiple = resolutionLimits.multiple): number {
  const { smallest, largest } = resolutionLimits;
  const low = Math.ceil(smallest / multiple) * multiple;
  const high = Math.max(low, Math.floor(largest / multiple) * multiple);
  const rounded = Number.isFinite(wanted) ? Math.round(wanted / multiple) * multiple : low;
  return Math.min(high, Math.max(low, rounded));
}
