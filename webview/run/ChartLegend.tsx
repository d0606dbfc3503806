import { formatText } from '../ui/formatText';

/** One line of the legend. */
export interface LegendEntry {
  id: string;
  label: string;
  color: string;
  dash: readonly number[];
  /** The value under the cursor, in words. */
  value: string;
  isShown: boolean;
}

/** The lines with their values; each can be switched off. */
export function ChartLegend({
  entries,
  showLine,
  onToggle,
}: {
  entries: LegendEntry[];
  /** Text with {0} for the name of the line. */
  showLine: string;
  onToggle: (id: string) => void;
}) {
  return (
    <ul class="legend">
      {entries.map(({ id, label, color, dash, value, isShown }) => (
        <li key={id}>
          <button
            aria-pressed={isShown}
            title={formatText(showLine, label)}
            onClick={() => onToggle(id)}
            id={`legend-${id}`}
          >
            <svg width="28" height="8" aria-hidden="true">
              <line
                x1="0"
                y1="4"
                x2="28"
                y2="4"
                stroke-width="2"
                stroke-dasharray={dash.join(' ') || undefined}
                style={{ stroke: `var(${color})` }}
              />
            </svg>
            <span>{label}</span> <span class="number">{value}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
