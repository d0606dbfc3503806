import { basename, join } from 'node:path';
import type { PictureRequest } from '../../src/common/protocol/sampling';
import { atomicWrite } from '../atomicWrite';
import type { GeneratedPicture } from '../sample/generationRequest';
import { cellSizeFor } from '../sample/compareGrid';
import { composeGrid } from '../sample/grid';
import type { RgbImage } from '../sample/png';
import { smallCopy } from '../sample/savePictures';

/** Pixels of the longer side that pictures may fill. */
const LARGEST_SHEET = 12_000;

interface SheetRow {
  label: string;
  request: PictureRequest;
}

/** The sheet of a comparison, filled picture by picture with small copies. */
export class CompareSheet {
  private readonly cells: RgbImage[][];
  private adding: Promise<void> = Promise.resolve();

  constructor(private readonly rows: readonly SheetRow[]) {
    this.cells = rows.map(() => []);
  }

  /** Puts the next picture into a row. */
  add(row: number, picture: GeneratedPicture): void {
    this.adding = this.adding.then(async () => void this.cells[row]!.push((await smallCopy(picture)).image));
  }

  /**
   * Writes the sheet under the number of its first picture.
   * @returns its path
   * @throws ProductError `disk-full`, or `bad-input` for more pictures than fit in a grid
   */
  async write(folder: string, title: string, firstPicture: string): Promise<string> {
    await this.adding;
    const path = join(folder, `compare-${basename(firstPicture).split('-')[0]}.png`);
    await atomicWrite(path, await this.compose(title));
    return path;
  }

  /** Many rows or columns make small cells, so that the sheet stays one that can be opened. */
  private cellSide({ width, height }: RgbImage, columns: number): number {
    const room = Math.floor(LARGEST_SHEET / Math.max(columns, this.rows.length));
    return Math.min(room, 320, Math.max(128, width, height));
  }

  private compose(title: string): Promise<Buffer> {
    const columns = Math.max(...this.rows.map(({ request }) => request.seeds.length));
    const indices = Array.from({ length: columns }, (_, column) => column);
    const seedsAt = (column: number) => new Set(this.rows.map(({ request }) => request.seeds[column]));
    const first = this.cells[0]![0]!;
    return composeGrid({
      ...(title ? { title } : {}),
      rows: this.rows.map(({ label }) => label),
      // A seed that all rows share is the column's heading; otherwise each picture has its own below it.
      columns: indices.map((column) => (seedsAt(column).size === 1 ? `seed ${[...seedsAt(column)][0]}` : '')),
      cells: this.cells.map((row) => indices.map((column) => row[column])),
      captions: this.rows.map(({ request }) =>
        indices.map((column) => {
          const seed = request.seeds[column];
          return seedsAt(column).size === 1 || seed === undefined ? undefined : { text: `seed ${seed}` };
        }),
      ),
      cellSize: cellSizeFor(first, this.cellSide(first, columns)),
    });
  }
}
