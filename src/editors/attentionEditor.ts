import { commands, Disposable, l10n, Uri, window } from 'vscode';
import { attentionToHost, type AttentionFromHost, type AttentionToHost } from '../common/webview/attention';
import type { Services } from '../services';
import { AttentionSession } from './attentionSession';
import { SessionEditor } from './sessionEditor';

const VIEW_TYPE = 'customDiffusion.attention';

/** The attention editor for pictures, and the command that opens it. */
export function registerAttentionEditor(services: Services): Disposable {
  const editor = new SessionEditor<AttentionFromHost, AttentionToHost>(services, {
    entry: 'attention',
    title: l10n.t('Attention'),
    messages: attentionToHost,
    createSession: ({ fsPath }, post) => new AttentionSession(fsPath, services, post),
  });
  return Disposable.from(
    services.provided.editor(VIEW_TYPE, editor),
    services.provided.command('customDiffusion.inspectAttention', (uri) => inspectAttention(services, uri)),
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
