import { CAPITAL_ROWS, drawableText, LINE_ROWS, textPath, textWidth } from './gridFont';

/** A block of wrapped text, measured in picture pixels. */
export interface TextBlock {
  lines: readonly string[];
  /** Picture pixels per alphabet pixel. */
  unit: number;
  width: number;
  height: number;
}

/** How a block lies in its box. */
export type Alignment = 'left' | 'centre' | 'right';

const LONGEST_LABEL = 2000;

/**
 * Wraps a label to the width in pixels, at blanks where it can and inside words where it must; what passes `maxLines`
 * is cut with three dots.
 */
export function layOutText(text: string, unit: number, maxWidth: number, maxLines: number): TextBlock {
  const limit = maxWidth / unit;
  const all = wrap(drawableText(text.slice(0, LONGEST_LABEL)), limit);
  const lines = all.slice(0, Math.max(1, maxLines));
  if (all.length > lines.length || text.length > LONGEST_LABEL) lines.push(ellipsize(lines.pop() ?? '', limit));
  const rows = lines.length === 0 ? 0 : (lines.length - 1) * LINE_ROWS + CAPITAL_ROWS + 2;
  const width = lines.reduce((widest, line) => Math.max(widest, textWidth(line)), 0);
  return { lines, unit, width: Math.ceil(width * unit), height: Math.ceil(rows * unit) };
}

/**
 * An SVG path element that draws the block with its box's left edge (or centre, or right edge) at `x` and its top at
 * `y`. Only numbers reach the markup: the text itself never does.
 */
export function drawText(block: TextBlock, x: number, y: number, align: Alignment, colour: string): string {
  const shift = align === 'left' ? 0 : align === 'centre' ? 0.5 : 1;
  const data = block.lines.map((line, i) => {
    const left = x - shift * textWidth(line) * block.unit;
    return textPath(line, left, y + i * LINE_ROWS * block.unit, block.unit);
  });
  const pen = `stroke="${colour}" stroke-width="${(1.15 * block.unit).toFixed(2)}"`;
  return `<path d="${data.join('')}" fill="none" stroke-linecap="round" stroke-linejoin="round" ${pen}/>`;
}

function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => breakWord(w, limit))) {
    const longer = line ? `${line} ${word}` : word;
    if (line && textWidth(longer) > limit) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

function breakWord(word: string, limit: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const c of word) {
    if (piece && textWidth(piece + c) > limit) {
      pieces.push(piece);
      piece = '';
    }
    piece += c;
  }
  return piece ? [...pieces, piece] : pieces;
}

function ellipsize(line: string, limit: number): string {
  let kept = line;
  while (kept && textWidth(`${kept}...`) > limit) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}...`;
}
