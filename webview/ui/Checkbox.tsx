import { vsCodeCheckbox } from '@vscode/webview-ui-toolkit';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { registerControl } from './designSystem';

registerControl(vsCodeCheckbox());

/** A check box with its label. */
export interface CheckboxProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** -1 takes it out of the order of the Tab key. */
  tabIndex?: number;
}

/** A toolkit check box. */
export function Checkbox({ label, checked, onChange, disabled = false, tabIndex = 0 }: CheckboxProps) {
  const ref = useRef<HTMLElement & { checked: boolean }>(null);
  // Setting the property makes the element fire `change` as well; only a difference is a user's doing.
  useEffect(() => {
    if (ref.current && ref.current.checked !== checked) ref.current.checked = checked;
  }, [checked]);
  // The element gives itself a place in the order when it is connected. Not after the next picture on screen: a key that
  // follows at once must find the new order.
  useLayoutEffect(() => {
    if (!disabled) ref.current?.setAttribute('tabindex', String(tabIndex));
  }, [tabIndex, disabled]);
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
