import './slider.css';

/** A number on a scale. */
export interface SliderProps {
  /** Name for screen readers. */
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onInput: (value: number) => void;
  /** The value in words. */
  valueText?: string;
  disabled?: boolean;
}

/** The browser's own slider in the editor's colours; the toolkit has none. */
export function Slider({ label, value, min, max, step, onInput, valueText, disabled }: SliderProps) {
  return (
    <input
      class="slider"
      type="range"
      aria-label={label}
      aria-valuetext={valueText}
      min={min}
      max={max}
      step={step}
      value={value}
      disabled={disabled}
      onInput={(event) => onInput(Number(event.currentTarget.value))}
    />
  );
}
