import uPlot from 'uplot';
import { formatLoss, formatRate } from '../../src/common/webview/runNumbers';
import type { BarsContent, ChartContent, LinesContent } from './chartContent';
import type { ChartTheme } from './theme';

/** What a plot tells. */
export interface PlotHooks {
  /** A stretch of the horizontal axis was marked. */
  onSelect(min: number, max: number): void;
  /** The place under the pointer on the horizontal axis; undefined when it left. */
  onHover(x: number | undefined): void;
  onDraw(): void;
}

/** How uPlot is to draw a content in a theme. */
export function plotOptions(
  content: ChartContent,
  theme: ChartTheme,
  size: { width: number; height: number },
  hooks: PlotHooks,
): uPlot.Options {
  return {
    ...size,
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: content.kind === 'lines', y: false, setScale: false },
    },
    scales: {
      x: { time: false, ...(content.kind === 'bars' ? { range: [0, 1000] as uPlot.Range.MinMax } : {}) },
      y: content.isLog ? { distr: 3, log: 10 } : { range: linearRange },
    },
    axes: [
      { ...axis(theme, 32), incrs: wholeSteps },
      { ...axis(theme, 60), values: (_, splits) => splits.map(tick) },
    ],
    series: [{}, ...(content.kind === 'lines' ? lineSeries(content, theme) : barSeries(content, theme))],
    hooks: {
      draw: [() => hooks.onDraw()],
      setCursor: [
        ({ cursor: { left }, posToVal }) =>
          hooks.onHover(left === undefined || left < 0 ? undefined : posToVal(left, 'x')),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          hooks.onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function axis({ foreground, lines, font }: ChartTheme, size: number): uPlot.Axis {
  const grid = { stroke: lines, width: 1, dash: [1, 3] };
  return { stroke: foreground, font, size, grid, ticks: { stroke: lines, width: 1, size: 5 } };
}

/** There is nothing between two steps. */
const wholeSteps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

/** From zero, with some air above. */
const linearRange: uPlot.Scale.Range = { min: { soft: 0, mode: 1 }, max: { pad: 0.1 } };

function tick(value: number | null): string {
  if (value === null) return '';
  return Math.abs(value) < 0.001 ? (value === 0 ? '0' : formatRate(value)) : String(Number(formatLoss(value)));
}

function lineSeries({ lines }: LinesContent, theme: ChartTheme): uPlot.Series[] {
  return lines.map(({ color, dash, width, alpha }) => ({
    stroke: theme.color(color),
    dash: [...dash],
    width,
    alpha,
    spanGaps: true,
    points: { show: (_: uPlot, __: number, first: number, last: number) => last - first < 2 },
  }));
}

function barSeries({ color, others }: BarsContent, theme: ChartTheme): uPlot.Series[] {
  const paths = uPlot.paths.bars!({ size: [0.8, 200] });
  const bars: uPlot.Series = {
    stroke: theme.foreground,
    fill: theme.color(color),
    width: 1,
    paths,
    points: { show: false },
  };
  const marks: uPlot.Series = {
    stroke: theme.foreground,
    width: 2,
    dash: [2, 3],
    points: { show: true, size: 8, fill: theme.background },
  };
  return others ? [bars, marks] : [bars];
}
