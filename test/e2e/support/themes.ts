import type { Workbench } from './workbench';

/** The four kinds of theme that VS Code tells extensions about. */
export const themes = {
  light: { setting: 'Light Modern', workbenchClass: 'vs', webviewClass: 'vscode-light' },
  dark: { setting: 'Dark Modern', workbenchClass: 'vs-dark', webviewClass: 'vscode-dark' },
  'high-contrast': {
    setting: 'Default High Contrast',
    workbenchClass: 'hc-black',
    webviewClass: 'vscode-high-contrast',
  },
  'high-contrast-light': {
    setting: 'Default High Contrast Light',
    workbenchClass: 'hc-light',
    webviewClass: 'vscode-high-contrast-light',
  },
} as const;

/** A theme by the name used in screenshots. */
export type Theme = keyof typeof themes;

/** Writes the theme into the settings and waits until the workbench is painted in it. */
export async function applyTheme(workbench: Workbench, theme: Theme): Promise<void> {
  const { setting, workbenchClass } = themes[theme];
  await workbench.changeSettings({ 'workbench.colorTheme': setting });
  await workbench.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor({ timeout: 30_000 });
  // Webviews are told by a message after that.
  await workbench.page.waitForTimeout(500);
}
