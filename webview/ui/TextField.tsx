import { vsCodeTextField } from '@vscode/webview-ui-toolkit';
import { useLayoutEffect } from 'preact/hooks';
import { registerControl } from './designSystem';
import { Field, type FieldProps } from './Field';
import { useControlName } from './useControlName';
import { useDescription } from './useDescription';

registerControl(vsCodeTextField());

/** One line of text with a label above and a problem or hint below. */
export interface TextFieldProps extends FieldProps {
  value: string;
  /** While typing. */
  onInput: (value: string) => void;
  /** On Enter or when the field is left. */
  onChange?: (value: string) => void;
  placeholder?: string;
  disabled?: boolean;
  /** Restricts the keyboard of touch devices and says what is meant. */
  inputMode?: 'text' | 'numeric' | 'decimal';
}

/** A toolkit text field. */
export function TextField({ value, onInput, onChange, placeholder, disabled, inputMode, ...field }: TextFieldProps) {
  const ref = useDescription<HTMLElement & { value: string }>(field.problem ?? field.hint);
  useControlName(ref, field.label);
  // The element keeps a value of its own: write it only when it differs, or the cursor jumps; and at once, or
  // a letter typed meanwhile is lost.
  useLayoutEffect(() => {
    if (ref.current && ref.current.value !== value) ref.current.value = value;
  }, [value]);
  return (
    <Field {...field}>
      {(ids) => (
        <vscode-text-field
          ref={ref}
          id={ids.control}
          aria-invalid={field.problem ? true : undefined}
          placeholder={placeholder}
          disabled={disabled}
          inputmode={inputMode}
          onInput={(event: Event) => onInput((event.target as HTMLInputElement).value)}
          onChange={(event: Event) => onChange?.((event.target as HTMLInputElement).value)}
        />
      )}
    </Field>
  );
}
