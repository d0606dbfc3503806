import { basename } from 'node:path/posix';
import { Disposable, Uri, type CustomDocument, type CustomReadonlyEditorProvider, type WebviewPanel } from 'vscode';
import type { ZodType } from 'zod';
import { WebviewConnection } from '../panels/webviewConnection';
import type { Services } from '../services';

/** What one panel of an editor shows of a file. */
export interface EditorSession<ToHost> extends Disposable {
  /** Sends everything to a page that has just been made. */
  sendAll(): Promise<void>;
  /** Does what the page asks for. */
  handle(message: ToHost): Promise<void>;
}

/** An editor: its page, and how a panel's session is made. */
export interface SessionEditorOptions<FromHost, ToHost> {
  /** Name of the bundle in `dist/webview`. */
  entry: string;
  title: string;
  messages: ZodType<ToHost>;
  createSession: (uri: Uri, post: (message: FromHost) => void) => EditorSession<ToHost>;
}

/** A read-only custom editor. The document holds nothing; each panel has a session of its own. */
export class SessionEditor<FromHost, ToHost> implements CustomReadonlyEditorProvider {
  constructor(
    private readonly services: Services,
    private readonly options: SessionEditorOptions<FromHost, ToHost>,
  ) {}

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): void {
    const { context, log, showError } = this.services;
    const { createSession, ...page } = this.options;
    const { extensionUri } = context;
    // Without it the frame has no name for screen readers.
    panel.title = basename(uri.path);
    panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, 'dist')] };
    const session = createSession(uri, (message) => connection.post(message));
    const connection: WebviewConnection<FromHost, ToHost> = new WebviewConnection(panel.webview, {
      extensionUri,
      ...page,
      onReady: () => void session.sendAll().catch(showError),
      onMessage: (message) => session.handle(message),
      onError: showError,
      log,
    });
    const hidden = panel.onDidChangeViewState(() => !panel.visible && connection.hidden());
    panel.onDidDispose(() => Disposable.from(hidden, session, connection).dispose());
  }
}
