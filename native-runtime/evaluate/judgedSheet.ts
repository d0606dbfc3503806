import type { SeededPicture } from '../sample/compareGrid';
import { composeGrid } from '../sample/grid';
import { resizePicture, type RgbImage } from '../sample/png';

/** What a sheet says about one picture. */
export interface Judgement {
  /** One or a few words. */
  caption: string;
  /** The picture is what was asked for: framed. */
  good: boolean;
}

/** More pictures than this do not make a sheet anyone can look at. */
const MOST = 100;
/** The longer side of a picture in the sheet, in pixels. */
const CELL = 128;

/** A sheet of pictures, each with its seed and what was judged of it. Only small copies are kept. */
export class JudgedSheet {
  private readonly cells: { image: RgbImage; text: string; accent: boolean }[] = [];
  private added = 0;

  /** Adds a picture; after the first hundred they are only counted. */
  async add({ seed, image }: SeededPicture, { caption, good }: Judgement): Promise<void> {
    this.added++;
    if (this.cells.length >= MOST) return;
    const scale = Math.min(1, CELL / Math.max(image.width, image.height));
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const small = await resizePicture(image, side(image.width), side(image.height));
    this.cells.push({ image: small, text: `${seed}: ${caption}`, accent: good });
  }

  /** The sheet as PNG bytes, as square as the number of pictures allows. @throws ProductError `bad-input` without pictures. */
  async toPng({ title, footer }: { title: string; footer?: string }): Promise<Buffer> {
    const columns = Math.ceil(Math.sqrt(this.cells.length));
    const rows = Array.from({ length: columns ? Math.ceil(this.cells.length / columns) : 0 }, (_, r) =>
      Array.from({ length: columns }, (_, c) => this.cells[r * columns + c]),
    );
    const cut = this.added > this.cells.length ? `The first ${this.cells.length} of ${this.added}.` : '';
    return composeGrid({
      title,
      footer: [footer, cut].filter(Boolean).join(' '),
      rows: rows.map(() => ''),
      columns: Array.from({ length: columns }, () => ''),
      cells: rows.map((row) => row.map((cell) => cell?.image)),
      captions: rows.map((row) => row.map((cell) => cell && { text: cell.text, accent: cell.accent })),
      cellSize: CELL,
      missing: 'blank',
      enlarge: 'nearest',
    });
  }
}
