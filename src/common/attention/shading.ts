import { heatColour } from './colourMap';

/** How a map is laid over its picture. */
export type OverlayStyle = 'heat' | 'mask' | 'contour';

/** What an overlay has when nothing else is asked for. */
export const overlayDefaults = { opacity: 0.75, threshold: 0.4, levels: [0.3, 0.5, 0.7, 0.9] } as const;

/** What is left of the light outside a mask at full strength. */
const DIMMED = 0.15;

/** How strongly a heat covers the picture. The exponent keeps faint attention visible while no heat stays clear. */
export function heatAlpha(heat: number, opacity: number): number {
  return opacity * heat ** 0.75;
}

/** How far a heat lies inside a mask, from 0 to 1: a narrow ramp around the threshold instead of stairs along the edge. */
export function insideMask(heat: number, threshold: number): number {
  return Math.min(1, Math.max(0, (heat - threshold) / 0.06 + 0.5));
}

/** The factor for the light of a pixel that lies so far inside a mask. */
export function maskLight(inside: number, opacity: number): number {
  return 1 - opacity * (1 - DIMMED) * (1 - inside);
}

/** Colours interleaved pixels (3 or 4 bytes each) by heat, stronger where it is hotter, in place. */
export function blendHeat(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  heat: Float32Array,
  opacity: number,
): void {
  for (let i = 0; i < heat.length; i++) {
    const alpha = heatAlpha(heat[i]!, opacity);
    const colour = heatColour(heat[i]!);
    for (let c = 0; c < 3; c++) {
      const at = channels * i + c;
      pixels[at] = Math.round((1 - alpha) * pixels[at]! + alpha * colour[c]!);
    }
  }
}

/** Dims interleaved pixels (3 or 4 bytes each) outside the region whose heat reaches the threshold, in place. */
export function dimOutside(
  pixels: Uint8Array | Uint8ClampedArray,
  channels: 3 | 4,
  heat: Float32Array,
  threshold: number,
  opacity: number,
): void {
  for (let i = 0; i < heat.length; i++) {
    const light = maskLight(insideMask(heat[i]!, threshold), opacity);
    for (let c = 0; c < 3; c++) {
      const at = channels * i + c;
      pixels[at] = Math.round(light * pixels[at]!);
    }
  }
}

/** Width of a contour line on a picture of this size, and the colour of the line at a heat. */
export function contourPen(width: number, height: number): number {
  return Math.max(1, Math.min(width, height) / 120);
}

/** See {@link contourPen}. */
export function contourColour(level: number): readonly [red: number, green: number, blue: number] {
  return heatColour(0.45 + 0.55 * level);
}
