import type { Workbench } from './workbench';

/** The four kinds of theme that VS Code tells extensions about. */
export const themes = {
  light: { label: 'Light Modern', workbenchClass: 'vs', webviewClass: 'vscode-light' },
  dark: { label: 'Dark Modern', workbenchClass: 'vs-dark', webviewClass: 'vscode-dark' },
  'high-contrast': { label: 'Dark High Contrast', workbenchClass: 'hc-black', webviewClass: 'vscode-high-contrast' },
  'high-contrast-light': {
    label: 'Light High Contrast',
    workbenchClass: 'hc-light',
    webviewClass: 'vscode-high-contrast-light',
  },
} as const;

/** A theme by the name used in screenshots. */
export type Theme = keyof typeof themes;

/**
 * Chooses the theme the way a user does and waits until the workbench is painted in it.
 * A settings file changed from outside is only read when the window opens, and a theme must change while panels are open.
 */
export async function applyTheme(workbench: Workbench, theme: Theme): Promise<void> {
  const { label, workbenchClass } = themes[theme];
  await workbench.runCommand('Preferences: Color Theme');
  await workbench.pick(label, label);
  await workbench.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor({ timeout: 30_000 });
  // Webviews are told by a message after that.
  await workbench.page.waitForTimeout(500);
}
