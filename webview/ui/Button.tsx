import { vsCodeButton } from '@vscode/webview-ui-toolkit';
import type { ComponentChildren } from 'preact';
import { registerControl } from './designSystem';
import { Icon } from './Icon';
import { useDescription } from './useDescription';

registerControl(vsCodeButton());

/** A button; `icon` alone needs a `label`, which is its name for screen readers and its tooltip. */
export interface ButtonProps {
  onClick: () => void;
  appearance?: 'primary' | 'secondary' | 'icon';
  icon?: string;
  /** Name and tooltip; needed when there is no text. */
  label?: string;
  /** Tooltip and description of a button with text: what it does, or why it cannot, in a sentence. */
  hint?: string;
  disabled?: boolean;
  /** For buttons that stay pressed. */
  pressed?: boolean;
  id?: string;
  /** -1 takes it out of the order of the Tab key. */
  tabIndex?: number;
  children?: ComponentChildren;
}

/** A toolkit button. */
export function Button({
  onClick,
  appearance = 'secondary',
  icon,
  label,
  hint,
  disabled = false,
  pressed,
  id,
  tabIndex,
  children,
}: ButtonProps) {
  const ref = useDescription(hint);
  return (
    <vscode-button
      ref={ref}
      id={id}
      tabIndex={tabIndex}
      appearance={appearance}
      disabled={disabled}
      title={hint ?? label}
      aria-label={label}
      aria-pressed={pressed === undefined ? undefined : pressed}
      onClick={disabled ? undefined : onClick}
    >
      {icon && <Icon name={icon} slot={children ? 'start' : undefined} />}
      {children}
    </vscode-button>
  );
}
