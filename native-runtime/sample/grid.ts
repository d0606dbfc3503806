import sharp from 'sharp';
import { ProductError } from '../../src/common/errors';
import { drawText, layOutText, type TextBlock } from './gridText';
import { checkRgb, resizePicture, type RgbImage } from './png';

/** A line under a cell; an accented one also frames its cell. */
export interface CellCaption {
  text: string;
  accent?: boolean;
}

/** A table of pictures with labels. Empty labels take no room. */
export interface GridContent {
  /** One label per row of cells. */
  rows: readonly string[];
  /** One label per column. */
  columns: readonly string[];
  /** `[row][column]`; a picture may be missing. */
  cells: readonly (readonly (RgbImage | undefined)[])[];
  /** `[row][column]`, a line under each cell. */
  captions?: readonly (readonly (CellCaption | undefined)[])[];
  title?: string;
  footer?: string;
  /** The box every picture is fitted into, in pixels: a side, or both. */
  cellSize: number | { width: number; height: number };
  /** What stands where a picture is missing: a grey plate (the default) or nothing. */
  missing?: 'plate' | 'blank';
  /** How small pictures are enlarged: smoothly, or with their pixels kept visible. */
  enlarge?: 'lanczos3' | 'nearest';
}

const LARGEST_SIDE = 16_000;
const GAP = 10;
const BACKGROUND = [247, 247, 245] as const;
const PLATE = [228, 228, 225] as const;
const INK = '#26262b';
const FAINT_INK = '#6a6a72';

/** The colour of accented captions and frames. */
export const ACCENT = '#b3197d';

/** Where everything lies, in pixels. */
interface Layout {
  width: number;
  height: number;
  margin: number;
  cell: { width: number; height: number };
  left: number;
  top: number;
  rowPitch: number;
  titleBlock: TextBlock;
  footerBlock: TextBlock;
  rowBlocks: TextBlock[];
  columnBlocks: TextBlock[];
  unit: number;
}

/**
 * A labelled grid as PNG bytes, on a light background. Pictures of any size are fitted into their cells without
 * distortion; long labels are wrapped and cut with three dots. Labels are drawn from a built-in alphabet, so they look
 * the same with any fonts or none.
 * @throws ProductError `bad-input` when labels and cells do not match or the grid would pass 16,000 pixels a side.
 */
export async function composeGrid(content: GridContent): Promise<Buffer> {
  checkContent(content);
  const layout = layOut(content);
  const canvas = Buffer.alloc(layout.width * layout.height * 3);
  fillRectangle(canvas, layout.width, { x: 0, y: 0, width: layout.width, height: layout.height }, BACKGROUND);
  const marks = drawLabels(layout);
  for (const [r, row] of content.cells.entries()) {
    for (const [c, picture] of row.entries()) {
      const box = {
        x: layout.left + c * (layout.cell.width + GAP),
        y: layout.top + r * layout.rowPitch,
        ...layout.cell,
      };
      if (picture) await drawPicture(canvas, layout.width, box, picture, content.enlarge ?? 'lanczos3');
      else if (content.missing !== 'blank') fillRectangle(canvas, layout.width, box, PLATE);
      marks.push(...drawCaption(content.captions?.[r]?.[c], box, layout.unit));
    }
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${layout.width}" height="${layout.height}">${marks.join('')}</svg>`;
  return sharp(canvas, { raw: { width: layout.width, height: layout.height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .png()
    .toBuffer();
}

function checkContent({ rows, columns, cells, captions, cellSize }: GridContent): void {
  const sides = typeof cellSize === 'number' ? [cellSize] : [cellSize.width, cellSize.height];
  const problem =
    rows.length === 0 || columns.length === 0
      ? 'has no pictures'
      : cells.length !== rows.length || cells.some((row) => row.length !== columns.length)
        ? `has ${rows.length}×${columns.length} labels for other cells`
        : captions && captions.length !== rows.length
          ? 'has captions for another number of rows'
          : sides.some((side) => !Number.isInteger(side) || side < 16)
            ? 'has a cell size that is not a whole number of at least 16 pixels'
            : '';
  if (problem) throw new ProductError('bad-input', 'grid', problem);
  cells.flat().forEach((cell) => cell && checkRgb(cell));
}

function layOut(content: GridContent): Layout {
  const { cellSize, rows, columns } = content;
  const cell = typeof cellSize === 'number' ? { width: cellSize, height: cellSize } : cellSize;
  const unit = Math.min(2.6, Math.max(1.3, cell.width / 110));
  const margin = Math.round(9 * unit);
  const cellsWidth = columns.length * (cell.width + GAP) - GAP;
  const labelWidth = Math.max(60 * unit, Math.min(1.1 * cell.width, 160 * unit));
  const rowBlocks = rows.map((text) => layOutText(text, unit, labelWidth, Math.floor(cell.height / (12 * unit))));
  const columnBlocks = columns.map((text) => layOutText(text, unit, cell.width, 4));
  const rowColumn = Math.max(...rowBlocks.map((b) => b.width));
  const left = margin + (rowColumn > 0 ? rowColumn + margin : 0);
  const width = left + cellsWidth + margin;
  const titleBlock = layOutText(content.title ?? '', unit * 1.3, width - 2 * margin, 3);
  const footerBlock = layOutText(content.footer ?? '', unit * 0.9, width - 2 * margin, 4);
  const columnRow = Math.max(...columnBlocks.map((b) => b.height));
  const top = margin + room(titleBlock.height, margin) + room(columnRow, Math.round(4 * unit));
  const rowPitch = cell.height + GAP + (content.captions ? Math.round(13 * unit) : 0);
  const bottom = top + rows.length * rowPitch - GAP;
  const height = bottom + room(footerBlock.height, margin) + margin;
  if (width > LARGEST_SIDE || height > LARGEST_SIDE)
    throw new ProductError(
      'bad-input',
      'grid',
      `would be ${width}×${height} pixels, and at most ${LARGEST_SIDE} a side can be written`,
      'Use smaller cells or fewer pictures',
    );
  return { width, height, margin, cell, left, top, rowPitch, titleBlock, footerBlock, rowBlocks, columnBlocks, unit };
}

function room(size: number, space: number): number {
  return size > 0 ? size + space : 0;
}

function drawLabels(layout: Layout): string[] {
  const { margin, cell, left, top, rowPitch, unit } = layout;
  const marks = [drawText(layout.titleBlock, margin, margin, 'left', INK)];
  layout.columnBlocks.forEach((block, c) => {
    const x = left + c * (cell.width + GAP) + cell.width / 2;
    marks.push(drawText(block, x, top - Math.round(4 * unit) - block.height, 'centre', INK));
  });
  layout.rowBlocks.forEach((block, r) => {
    const y = top + r * rowPitch + (cell.height - block.height) / 2;
    marks.push(drawText(block, left - margin, y, 'right', INK));
  });
  const footerTop = layout.height - margin - layout.footerBlock.height;
  return [...marks, drawText(layout.footerBlock, margin, footerTop, 'left', FAINT_INK)];
}

function drawCaption(caption: CellCaption | undefined, box: Rectangle, unit: number): string[] {
  if (!caption) return [];
  const block = layOutText(caption.text, unit, box.width, 1);
  const colour = caption.accent ? ACCENT : INK;
  const text = drawText(block, box.x + box.width / 2, box.y + box.height + 3 * unit, 'centre', colour);
  if (!caption.accent) return [text];
  const frame = `x="${box.x - 2}" y="${box.y - 2}" width="${box.width + 4}" height="${box.height + 4}"`;
  return [text, `<rect ${frame} rx="2" fill="none" stroke="${ACCENT}" stroke-width="3"/>`];
}

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

async function drawPicture(
  canvas: Buffer,
  stride: number,
  box: Rectangle,
  picture: RgbImage,
  enlarge: 'lanczos3' | 'nearest',
): Promise<void> {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = Math.max(1, Math.min(box.width, Math.round(picture.width * scale)));
  const height = Math.max(1, Math.min(box.height, Math.round(picture.height * scale)));
  const fitted = await resizePicture(picture, width, height, scale > 1 ? enlarge : 'lanczos3');
  const x = box.x + Math.floor((box.width - width) / 2);
  const y = box.y + Math.floor((box.height - height) / 2);
  for (let line = 0; line < height; line++)
    canvas.set(fitted.data.subarray(line * width * 3, (line + 1) * width * 3), ((y + line) * stride + x) * 3);
}

function fillRectangle(canvas: Buffer, stride: number, box: Rectangle, colour: readonly number[]): void {
  const line = Buffer.alloc(box.width * 3, Uint8Array.from(colour));
  for (let y = box.y; y < box.y + box.height; y++) canvas.set(line, (y * stride + box.x) * 3);
}
