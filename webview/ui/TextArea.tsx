import { vsCodeTextArea } from '@vscode/webview-ui-toolkit';
import { registerControl } from './designSystem';
import { Field, type FieldProps } from './Field';
import { useTextControl } from './useTextControl';

registerControl(vsCodeTextArea());

/** Several lines of text with a label above and a problem or hint below. */
export interface TextAreaProps extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  placeholder?: string;
  disabled?: boolean;
}

/** A toolkit text area. */
export function TextArea({ value, onInput, rows = 3, placeholder, disabled, ...field }: TextAreaProps) {
  const ref = useTextControl(field, value);
  return (
    <Field {...field}>
      {(ids) => (
        <vscode-text-area
          ref={ref}
          id={ids.control}
          class="wide"
          aria-invalid={field.problem ? true : undefined}
          rows={rows}
          resize="vertical"
          placeholder={placeholder}
          disabled={disabled}
          onInput={(event: Event) => onInput((event.target as HTMLTextAreaElement).value)}
        />
      )}
    </Field>
  );
}
