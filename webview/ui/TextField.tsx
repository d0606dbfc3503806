import { vsCodeTextField } from '@vscode/webview-ui-toolkit';
import { registerControl } from './designSystem';
import { Field, type FieldProps } from './Field';
import { useTextControl } from './useTextControl';

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
  const ref = useTextControl(field, value);
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
