import { vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import { useEffect, useRef } from 'preact/hooks';
import { registerControl } from './designSystem';

registerControl(vsCodeCheckbox());

/** A check box with its label. */
export interface CheckboxProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** A toolkit check box. */
export function Checkbox({ label, checked, onChange, disabled = false }: CheckboxProps) {
  const ref = useRef<HTMLElement & { checked: boolean }>(null);
  // Setting the property makes the element fire `change` as well; only a difference is a user's doing.
  useEffect(() => {
    if (ref.current && ref.current.checked !== checked) ref.current.checked = checked;
  }, [checked]);
  const changed = (event: Event) => {
    const next = (event.target as HTMLInputElement).checked;
    if (next !== checked) onChange(next);
  };
  return (
    <vscode-checkbox ref={ref} disabled={disabled} onChange={changed}>
      {label}
    </vscode-checkbox>
  );
}
