import './progressBar.css';

/** How far something is; without a `value` it only says that something goes on. */
export interface ProgressBarProps {
  /** Name for screen readers. */
  label: string;
  /** From 0 to 1. */
  value?: number;
  /** The value in words. */
  valueText?: string;
}

/** A bar in the editor's progress colour. */
export function ProgressBar({ label, value, valueText }: ProgressBarProps) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      class={`progress-bar${percent === undefined ? ' unknown' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={valueText}
    >
      <div style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}
