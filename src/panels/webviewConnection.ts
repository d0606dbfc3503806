import { Disposable, env, l10n, type LogOutputChannel, type Uri, type Webview } from 'vscode';
import type { ZodType } from 'zod';
import { webviewHtml } from './webviewHtml';

/** How a page is connected to its host. */
export interface ConnectionOptions<ToHost> {
  extensionUri: Uri;
  /** Name of the bundle in `dist/webview`. */
  entry: string;
  title: string;
  /** Checks every message on arrival: a page is not trusted. `ready` is the connection's own and not part of it. */
  messages: ZodType<ToHost>;
  /** The page says it can show something: everything must be sent now, also after it was hidden and made anew. */
  onReady(): void;
  /** May throw; the error is logged and shown by `onError`. */
  onMessage(message: ToHost): void | Promise<void>;
  onError(error: unknown): void;
  log: LogOutputChannel;
}

/**
 * The typed channel between one webview and the host. The host owns all state; nothing is sent to a page that is not
 * ready or no longer there.
 */
export class WebviewConnection<FromHost, ToHost> extends Disposable {
  private ready = false;
  private closed = false;
  private readonly subscription: Disposable;

  constructor(
    readonly webview: Webview,
    private readonly options: ConnectionOptions<ToHost>,
  ) {
    super(() => this.close());
    this.subscription = webview.onDidReceiveMessage((message: unknown) => void this.receive(message));
    const { extensionUri, entry, title } = options;
    webview.html = webviewHtml(webview, extensionUri, { entry, title, language: env.language });
  }

  /** Whether the page is there to read a message. */
  get isReady(): boolean {
    return this.ready && !this.closed;
  }

  /** Sends a message to the page if it is there to read it. */
  post(message: FromHost): void {
    if (!this.isReady) return;
    this.webview.postMessage(message).then(undefined, (error) => this.options.log.debug(String(error)));
  }

  /** The page was hidden and will be made anew: it says `ready` again. */
  hidden(): void {
    this.ready = false;
  }

  private async receive(message: unknown): Promise<void> {
    if (isReady(message)) {
      this.ready = true;
      this.options.onReady();
      return;
    }
    const checked = this.options.messages.safeParse(message);
    if (!checked.success) {
      this.options.log.warn(`${this.options.entry}: a message of the page was refused: ${checked.error.message}`);
      return;
    }
    try {
      await this.options.onMessage(checked.data);
    } catch (error) {
      this.options.log.error(error instanceof Error ? error : String(error));
      this.options.onError(error);
    }
  }

  private close(): void {
    this.closed = true;
    this.subscription.dispose();
  }
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'ready';
}

/** A page's strings in the editor's language; the keys are the page's own, the values English. */
export function localise<S extends Record<string, string>>(strings: S): S {
  return Object.fromEntries(Object.entries(strings).map(([key, text]) => [key, l10n.t(text)])) as S;
}
