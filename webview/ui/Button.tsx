import { vsCodeButton } from '@vscode/webview-ui-toolkit';
import type { ComponentChildren } from 'preact';
import { registerControl } from './designSystem';
import { Icon } from './Icon';

registerControl(vsCodeButton());

/** A button; `icon` alone needs a `label`, which is its name for screen readers and its tooltip. */
export interface ButtonProps {
  onClick: () => void;
  appearance?: 'primary' | 'secondary' | 'icon';
  icon?: string;
  /** Name and tooltip; needed when there is no text. */
  label?: string;
  disabled?: boolean;
  /** For buttons that stay pressed. */
  pressed?: boolean;
  id?: string;
  children?: ComponentChildren;
}

/** A toolkit button. */
export function Button({
  onClick,
  appearance = 'secondary',
  icon,
  label,
  disabled,
  pressed,
  id,
  children,
}: ButtonProps) {
  return (
    <vscode-button
      id={id}
      appearance={appearance}
      disabled={disabled}
      title={label}
      aria-label={label}
      aria-pressed={pressed === undefined ? undefined : pressed}
      onClick={disabled ? undefined : onClick}
    >
      {icon && <Icon name={icon} slot={children ? 'start' : undefined} />}
      {children}
    </vscode-button>
  );
}
