import type { ViewData } from '../../src/common/webview/fineTune';

type Mask = ViewData['mask'];

/** An SVG path over the cells of a mask whose error does not count: one rectangle for each run of cells in a row. */
export function veilPath({ height, width, data }: Mask): string {
  const rectangles: string[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = x;
      while (x < width && !(data[y * width + x]! > 0)) x++;
      if (x > from) rectangles.push(`M${from} ${y}h${x - from}v1h${from - x}z`);
    }
  return rectangles.join('');
}

/** How much of the view is veiled, in percent. */
export function veiledPercent({ height, width, data }: Mask): number {
  let veiled = 0;
  for (let i = 0; i < height * width; i++) if (!(data[i]! > 0)) veiled++;
  return Math.round((100 * veiled) / Math.max(1, height * width));
}
