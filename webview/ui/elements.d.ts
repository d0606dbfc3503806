import type { JSX } from 'preact';

/** The toolkit's elements, as far as the wrappers of this folder use them. */
type ControlAttributes = JSX.HTMLAttributes<HTMLElement> & Record<string, unknown>;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ControlAttributes;
      'vscode-checkbox': ControlAttributes;
      'vscode-dropdown': ControlAttributes;
      'vscode-option': ControlAttributes;
      'vscode-text-field': ControlAttributes;
      'vscode-text-area': ControlAttributes;
      'vscode-radio-group': ControlAttributes;
      'vscode-radio': ControlAttributes;
      'vscode-progress-ring': ControlAttributes;
    }
  }
}
