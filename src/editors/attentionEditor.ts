import {
  commands,
  Disposable,
  l10n,
  Uri,
  window,
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type WebviewPanel,
} from 'vscode';
import { attentionToHost, type AttentionFromHost, type AttentionToHost } from '../common/webview/attention';
import { WebviewConnection } from '../panels/webviewConnection';
import type { Services } from '../services';
import { AttentionSession } from './attentionSession';

const VIEW_TYPE = 'customDiffusion.attention';

/** The attention editor for pictures, and the command that opens it. */
export function registerAttentionEditor(services: Services): Disposable {
  return Disposable.from(
    window.registerCustomEditorProvider(VIEW_TYPE, new AttentionEditor(services), {
      supportsMultipleEditorsPerDocument: true,
    }),
    commands.registerCommand('customDiffusion.inspectAttention', (uri?: unknown) => inspectAttention(services, uri)),
  );
}

async function inspectAttention(services: Services, given: unknown): Promise<void> {
  if (!services.requireTrust()) return;
  const uri = given instanceof Uri ? given : await askForPicture();
  if (uri) await commands.executeCommand('vscode.openWith', uri, VIEW_TYPE);
}

async function askForPicture(): Promise<Uri | undefined> {
  const chosen = await window.showOpenDialog({
    title: l10n.t('Picture to Inspect'),
    openLabel: l10n.t('Inspect'),
    filters: { [l10n.t('Pictures')]: ['png', 'jpg', 'jpeg', 'webp'] },
  });
  return chosen?.[0];
}

/** Shows a picture's attention; the document holds nothing, each panel has a session of its own. */
class AttentionEditor implements CustomReadonlyEditorProvider {
  constructor(private readonly services: Services) {}

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): void {
    const { extensionUri } = this.services.context;
    panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, 'dist')] };
    const session = new AttentionSession(uri.fsPath, this.services, (message) => connection.post(message));
    const connection: WebviewConnection<AttentionFromHost, AttentionToHost> = new WebviewConnection(panel.webview, {
      extensionUri,
      entry: 'attention',
      title: l10n.t('Attention'),
      messages: attentionToHost,
      onReady: () => void session.sendAll().catch((error: unknown) => this.services.showError(error)),
      onMessage: (message) => session.handle(message),
      onError: (error) => this.services.showError(error),
      log: this.services.log,
    });
    const hidden = panel.onDidChangeViewState(() => !panel.visible && connection.hidden());
    panel.onDidDispose(() => Disposable.from(hidden, session, connection).dispose());
  }
}
