import { Uri } from 'vscode';

/** The icon on a panel's tab. A picture in a tab cannot take the theme's colour, so there is one for each kind of theme. */
export function panelIcon(
  extensionUri: Uri,
  name: 'devices' | 'fineTune' | 'pictures' | 'run',
): { light: Uri; dark: Uri } {
  const file = (theme: string) => Uri.joinPath(extensionUri, 'media', 'icons', 'tabs', `${name}-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}
