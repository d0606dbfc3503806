import { useEffect, useRef, useState } from 'preact/hooks';
import type { FieldProps } from './Field';
import { readNumber } from './readNumber';
import { TextField } from './TextField';

/** A number with its limits; what is not a number within them stays visible and is not passed on. */
export interface NumberFieldProps extends FieldProps {
  value: number;
  min: number;
  max: number;
  /** What the arrow keys add; 1 if left out. */
  step?: number;
  /** Whole numbers only. */
  whole?: boolean;
  /** Says what is allowed when something else was written. */
  refusal: string;
  onChange: (value: number) => void;
  /** Called when the field starts or stops to hold something that cannot be used. */
  onValidity?: (valid: boolean) => void;
  disabled?: boolean;
}

/** A text field for a number; the arrow keys step it. */
export function NumberField(props: NumberFieldProps) {
  const { value, min, max, step = 1, whole = false, refusal, onChange, onValidity, problem, ...rest } = props;
  const [text, setText] = useState(String(value));
  const lastSent = useRef(value);
  const read = (written: string) => readNumber(written, { min, max, whole });
  // A value from elsewhere replaces what is written; one's own echo does not, or "1." would lose its point.
  useEffect(() => {
    if (value === lastSent.current) return;
    lastSent.current = value;
    setText(String(value));
    onValidity?.(true);
  }, [value]);
  // A field that goes away stops nothing any more.
  useEffect(() => () => onValidity?.(true), []);
  const written = (next: string) => {
    setText(next);
    const number = read(next);
    onValidity?.(number !== undefined);
    if (number === undefined || number === lastSent.current) return;
    lastSent.current = number;
    onChange(number);
  };
  const stepBy = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    const next = Math.min(max, Math.max(min, (read(text) ?? value) + direction * step));
    written(String(Number(next.toFixed(6))));
  };
  return (
    <div class="number-field" onKeyDown={stepBy}>
      <TextField
        {...rest}
        value={text}
        onInput={written}
        inputMode={whole ? 'numeric' : 'decimal'}
        problem={read(text) === undefined ? refusal : problem}
      />
    </div>
  );
}
