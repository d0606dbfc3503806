import { vsCodeDropdown, vsCodeOption } from '@vscode/webview-ui-toolkit';
import { useEffect, useRef } from 'preact/hooks';
import { registerControl } from './designSystem';
import { Field, type FieldProps } from './Field';

registerControl(vsCodeDropdown());
registerControl(vsCodeOption());

/** A choice of one. */
export interface DropdownProps extends FieldProps {
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  disabled?: boolean;
}

/** A toolkit drop-down. */
export function Dropdown({ value, options, onChange, disabled = false, ...field }: DropdownProps) {
  const ref = useRef<HTMLElement & { value: string }>(null);
  useEffect(() => {
    if (ref.current && ref.current.value !== value) ref.current.value = value;
  }, [value, options]);
  const changed = (event: Event) => {
    const next = (event.target as HTMLSelectElement).value;
    if (next !== value) onChange(next);
  };
  return (
    <Field {...field}>
      {(ids) => (
        <vscode-dropdown
          ref={ref}
          id={ids.control}
          aria-label={field.label}
          aria-describedby={ids.note}
          disabled={disabled}
          onChange={changed}
        >
          {options.map((option) => (
            <vscode-option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </vscode-option>
          ))}
        </vscode-dropdown>
      )}
    </Field>
  );
}
