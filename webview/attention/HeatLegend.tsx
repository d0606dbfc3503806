import { useLayoutEffect, useRef } from 'preact/hooks';
import { heatColour } from '../../src/common/attention/colourMap';
import type { AttentionStrings } from '../../src/common/webview/attentionStrings';

/** The colours from no heat to full heat. */
export function HeatLegend({ strings }: { strings: AttentionStrings }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = ref.current!.getContext('2d');
    const width = ref.current!.width;
    for (let x = 0; context && x < width; x++) {
      const [red, green, blue] = heatColour(x / (width - 1));
      context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
      context.fillRect(x, 0, 1, 1);
    }
  }, []);
  return (
    <div class="legend" role="img" aria-label={`${strings.legend}: ${strings.low} – ${strings.high}`}>
      <span>{strings.low}</span>
      <canvas ref={ref} width={128} height={1} />
      <span>{strings.high}</span>
    </div>
  );
}
