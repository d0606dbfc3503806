/** The value of one of the editor's theme variables. */
export function themeValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** What charts are drawn with, as the theme has it now. */
export interface ChartTheme {
  foreground: string;
  lines: string;
  background: string;
  /** For labels, as canvas wants it. */
  font: string;
  color(name: string): string;
}

/** Reads the theme; in a theme without chart colours the foreground stands in. */
export function chartTheme(): ChartTheme {
  const { fontFamily, color: text } = getComputedStyle(document.body);
  const foreground = themeValue('--vscode-charts-foreground') || text;
  return {
    foreground,
    lines: themeValue('--vscode-charts-lines') || foreground,
    background: themeValue('--vscode-editor-background'),
    font: `12px ${fontFamily}`,
    color: (name) => themeValue(name) || foreground,
  };
}

/** Calls back when the theme changes: the editor then rewrites the variables and the body's class. */
export function observeTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  return () => observer.disconnect();
}
