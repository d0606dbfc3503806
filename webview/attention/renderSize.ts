/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Sides of the canvas on screen: enough to draw smooth lines on a small picture, little enough to follow a slider. */
const screen = { least: 512, most: 1024 };

/**
 * The size at which the picture and its overlay are drawn: small pictures are enlarged by a whole number, large ones are
 * scaled down unless they are exported.
 */
export function renderSize(picture: Size, purpose: 'screen' | 'export'): Size {
  const longest = Math.max(1, picture.width, picture.height);
  if (longest < screen.least) {
    const times = Math.ceil(screen.least / longest);
    return { width: picture.width * times, height: picture.height * times };
  }
  if (purpose === 'export' || longest <= screen.most) return { width: picture.width, height: picture.height };
  const scale = screen.most / longest;
  return {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
}
