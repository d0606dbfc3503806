import { useEffect, useRef } from 'preact/hooks';
import type { ChartContent } from './chartContent';
import { Plot } from './plot';

/** What a user does on a chart. */
export interface ChartGestures {
  onSelect(min: number, max: number): void;
  onHover(x: number | undefined): void;
  /** Closer when the factor is above 1. */
  onZoom(factor: number, around?: number): void;
  onPan(share: number): void;
  onReset(): void;
  /** The value cursor is to move by so many steps. */
  onCursor(steps: number): void;
}

/** A chart that is worked by pointer, wheel and keyboard. */
export interface ChartCanvasProps extends ChartGestures {
  content: ChartContent;
  label: string;
  hint: string;
  /** Place of the value cursor when the keyboard moves it. */
  cursor?: number;
  plotRef: { current: Plot | undefined };
}

const wheelStep = 1.25;

/** See {@link ChartCanvasProps}. */
export function ChartCanvas(props: ChartCanvasProps) {
  const { content, label, hint, cursor, plotRef } = props;
  const element = useRef<HTMLDivElement>(null);
  // The plot is made once and must not keep the gestures of the first rendering.
  const gestures = useRef(props);
  gestures.current = props;
  useEffect(() => {
    const plot = new Plot(element.current!, {
      onSelect: (min, max) => gestures.current.onSelect(min, max),
      onHover: (x) => gestures.current.onHover(x),
    });
    plotRef.current = plot;
    const stopWheel = listenToWheel(element.current!, plot, (factor, around) =>
      gestures.current.onZoom(factor, around),
    );
    return () => {
      stopWheel();
      plot.destroy();
      plotRef.current = undefined;
    };
  }, []);
  useEffect(() => plotRef.current?.show(content), [content]);
  useEffect(() => {
    if (cursor !== undefined) plotRef.current?.pointAt(cursor);
  }, [cursor]);
  return (
    <div
      ref={element}
      class="chart"
      id="run-chart"
      tabIndex={0}
      role="application"
      aria-label={label}
      aria-description={hint}
      title={hint}
      onKeyDown={(event) => handleKey(event, gestures.current)}
    />
  );
}

/** Without the focus or Ctrl (which a pinch sets) the wheel scrolls the page, not the chart. */
function listenToWheel(element: HTMLElement, plot: Plot, onZoom: ChartGestures['onZoom']): () => void {
  const turned = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== element) return;
    event.preventDefault();
    onZoom(event.deltaY < 0 ? wheelStep : 1 / wheelStep, plot.valueAt(event.clientX));
  };
  element.addEventListener('wheel', turned, { passive: false });
  return () => element.removeEventListener('wheel', turned);
}

function handleKey(event: KeyboardEvent, gestures: ChartGestures): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (direction && event.shiftKey) gestures.onCursor(direction);
  else if (direction) gestures.onPan(direction * 0.2);
  else if (event.key === '+' || event.key === '=') gestures.onZoom(1.5);
  else if (event.key === '-') gestures.onZoom(1 / 1.5);
  else if (event.key === '0' || event.key === 'Escape') gestures.onReset();
  else return;
  event.preventDefault();
}
