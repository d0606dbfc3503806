import uPlot from 'uplot';
import { contentShape, type ChartContent, type LinesContent } from './chartContent';
import { decimate } from './decimate';
import { plotOptions, type PlotHooks } from './plotOptions';
import { chartTheme, observeTheme } from './theme';

/** A chart in an element: as wide as it, drawn anew when its content, the theme or the width changes. */
export class Plot {
  private plot?: uPlot;
  private shape = '';
  private content?: ChartContent;
  private startedAt = 0;
  private readonly resized: ResizeObserver;
  private readonly stopObservingTheme: () => void;

  constructor(
    private readonly element: HTMLElement,
    private readonly hooks: Omit<PlotHooks, 'onDraw'>,
  ) {
    this.resized = new ResizeObserver(() => this.resize());
    this.resized.observe(element);
    this.stopObservingTheme = observeTheme(() => this.rebuild());
  }

  /** Shows a content. */
  show(content: ChartContent): void {
    this.startedAt = performance.now();
    const shape = contentShape(content);
    const isSame = this.plot && shape === this.shape;
    this.content = content;
    this.shape = shape;
    if (!isSame) return this.rebuild();
    this.plot!.batch(() => this.fill(this.plot!, content));
  }

  /** Puts the value cursor on a place of the horizontal axis. */
  pointAt(x: number): void {
    this.plot?.setCursor({ left: this.plot.valToPos(x, 'x'), top: 1 });
  }

  /** The place of the horizontal axis at a pixel of the window. */
  valueAt(clientX: number): number | undefined {
    if (!this.plot) return undefined;
    return this.plot.posToVal(clientX - this.plot.over.getBoundingClientRect().left, 'x');
  }

  /** The drawn picture. */
  get canvas(): HTMLCanvasElement | undefined {
    return this.plot?.ctx.canvas;
  }

  destroy(): void {
    this.resized.disconnect();
    this.stopObservingTheme();
    this.plot?.destroy();
  }

  private get size(): { width: number; height: number } {
    const { width, height } = this.element.getBoundingClientRect();
    return { width: Math.max(120, Math.floor(width)), height: Math.max(120, Math.floor(height)) };
  }

  private rebuild(): void {
    const { content } = this;
    if (!content) return;
    this.plot?.destroy();
    const options = plotOptions(content, chartTheme(), this.size, { ...this.hooks, onDraw: () => this.drawn() });
    this.plot = new uPlot(options, undefined, this.element);
    this.plot.batch(() => this.fill(this.plot!, content));
  }

  private resize(): void {
    const { plot, content } = this;
    const { width, height } = this.size;
    if (!plot || !content || (plot.width === width && plot.height === height)) return;
    plot.batch(() => {
      plot.setSize({ width, height });
      this.fill(plot, content);
    });
  }

  private fill(plot: uPlot, content: ChartContent): void {
    if (content.kind === 'bars') {
      const values = (bins: typeof content.bins) => bins.map(({ loss }) => (Number.isNaN(loss) ? null : loss));
      const middles = content.bins.map(({ from, to }) => (from + to + 1) / 2);
      const others = content.others ? [values(content.others)] : [];
      plot.setData([middles, values(content.bins), ...others] as uPlot.AlignedData);
      return;
    }
    plot.setData(drawnLines(content, plot.width), false);
    plot.setScale('x', content.range);
  }

  /** How long the last redraw took stands on the element, where it can be measured from outside. */
  private drawn(): void {
    this.element.dataset.redrawMs = (performance.now() - this.startedAt).toFixed(2);
  }
}

function drawnLines({ steps, lines, range, isLog }: LinesContent, width: number): uPlot.AlignedData {
  const { x, lines: drawn } = decimate(steps, lines, range, width);
  // Zero has no place on a logarithmic scale.
  const shown = isLog ? drawn.map((line) => line.map((value) => (value !== null && value > 0 ? value : null))) : drawn;
  return [x, ...shown] as uPlot.AlignedData;
}
