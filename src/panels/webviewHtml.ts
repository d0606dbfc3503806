import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** What a page is made of. */
export interface WebviewPage {
  /** Name of the bundle in `dist/webview`. */
  entry: string;
  title: string;
  /** The editor's language, for screen readers. */
  language: string;
}

/**
 * The frame of a page: nothing but its bundle may run and nothing is fetched from outside. Everything it shows comes by message.
 * The property `csp-nonce` is read by the form controls for their styles.
 */
export function webviewHtml(webview: Webview, extensionUri: Uri, page: WebviewPage): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) => webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} blob: data:`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${page.entry}.css`)}">
<title>${escapeHtml(page.title)}</title>
</head>
<body>
<main id="root"></main>
<script nonce="${nonce}" src="${file(`${page.entry}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
