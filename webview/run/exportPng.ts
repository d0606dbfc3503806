import { chartTheme } from './theme';

/** One entry of the legend under an exported chart. */
export interface ExportedLine {
  label: string;
  color: string;
  dash: readonly number[];
}

const margin = 16;
const lineHeight = 22;
const sampleWidth = 28;

/** A chart with its title and legend as the bytes of a PNG, in the colours it is seen in. */
export async function chartPng(
  chart: HTMLCanvasElement,
  title: string,
  lines: ExportedLine[],
): Promise<Uint8Array<ArrayBuffer>> {
  const scale = window.devicePixelRatio;
  const width = chart.width / scale;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const theme = chartTheme();
  context.font = theme.font;
  const rows = legendRows(context, lines, width);
  const height = margin + lineHeight + chart.height / scale + rows.length * lineHeight + margin;
  canvas.width = Math.round((width + 2 * margin) * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width + 2 * margin, height);
  context.font = theme.font;
  context.fillStyle = theme.foreground;
  context.textBaseline = 'middle';
  context.fillText(title, margin, margin + lineHeight / 2);
  context.drawImage(chart, margin, margin + lineHeight, width, chart.height / scale);
  rows.forEach((row, i) => {
    const y = margin + lineHeight * (i + 1.5) + chart.height / scale;
    for (const { line, x } of row) drawEntry(context, line, margin + x, y, theme.color(line.color), theme.foreground);
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array(await blob!.arrayBuffer());
}

function legendRows(context: CanvasRenderingContext2D, lines: ExportedLine[], width: number) {
  const rows: { line: ExportedLine; x: number }[][] = [[]];
  let x = 0;
  for (const line of lines) {
    const needed = sampleWidth + 8 + context.measureText(line.label).width + 16;
    if (x > 0 && x + needed > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)!.push({ line, x });
    x += needed;
  }
  return rows;
}

function drawEntry(
  context: CanvasRenderingContext2D,
  line: ExportedLine,
  x: number,
  y: number,
  color: string,
  text: string,
): void {
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([...line.dash]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + sampleWidth, y);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = text;
  context.fillText(line.label, x + sampleWidth + 8, y);
}
